//! What a newcomer reads: help at every level, manual pages, completions. All of it comes from the same
//! words, so a command without them fails here.

use clap::{Command, CommandFactory, Parser};
use clap_complete::Shell;
use salgslogg::cli::Cli;
use salgslogg::commands::completions::script;

use super::binary::salgslogg;

/// Every command with the words that lead to it, `salgslogg` itself first.
fn commands() -> Vec<(Vec<String>, Command)> {
    fn collect(path: &[String], command: &Command, found: &mut Vec<(Vec<String>, Command)>) {
        found.push((path.to_vec(), command.clone()));
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            collect(&[path, &[below.get_name().to_owned()]].concat(), below, found);
        }
    }
    let mut found = Vec::new();
    collect(&[], &Cli::command(), &mut found);
    found
}

/// Lines of the examples in a help text; what the shell does afterwards is cut off.
fn examples(help: &str) -> Vec<String> {
    let (_, after) = help.split_once("\nExample").unwrap_or_default();
    let ends = [" | ", " > ", " >> ", " && "];
    let line = |line: &str| {
        let end = ends.iter().filter_map(|end| line.find(end)).min().unwrap_or(line.len());
        line[..end].trim().to_owned()
    };
    let lines = after.replace("\\\n", " ");
    lines.lines().skip(1).take_while(|line| !line.is_empty()).map(line).collect()
}

/// The words of a line, as a shell sees them.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn the_help_of_every_command_says_what_it_does_and_shows_it() {
    let elsewhere = tempfile::tempdir().unwrap();
    let commands = commands();
    assert!(commands.len() > 15, "{} commands", commands.len());
    for (path, command) in commands {
        let called = path.join(" ");
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.len() > 15, "`{called}` says only {about:?}");
        let arguments: Vec<_> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let output = salgslogg(elsewhere.path(), &arguments);
        assert!(output.status.success(), "{called}");
        let help = String::from_utf8(output.stdout).unwrap();
        let leads_on = command.has_subcommands() && help.contains("\nCommands:\n");
        let shown = examples(&help);
        let of_this = format!("salgslogg {called}");
        assert!(
            leads_on || shown.iter().any(|line| line.contains(&of_this)),
            "the help of `{called}` shows no example"
        );
        for line in shown.iter().filter(|line| line.starts_with("salgslogg ")) {
            let understood = Cli::try_parse_from(words(line));
            assert!(understood.is_ok(), "the help of `{called}` shows what is refused: {line}");
        }
        let mut undescribed = command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set() && argument.get_help().is_none());
        assert!(undescribed.next().is_none(), "`{called}` has an argument without a word");
    }
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().join("man/man1");
    let output = salgslogg(elsewhere.path(), &["man", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let commands = commands();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), commands.len());
    for (path, command) in commands {
        let name = [&["salgslogg".to_owned()], path.as_slice()].concat().join("-");
        let page = std::fs::read_to_string(folder.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}");
        let about = command.get_about().unwrap().to_string();
        let words: Vec<_> = about.split(|c: char| !c.is_alphanumeric()).take(3).collect();
        assert!(words.iter().all(|word| page.contains(word)), "{name} does not say: {about}");
    }
    let refused = salgslogg(elsewhere.path(), &["man", "/dev/null/pages"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn every_shell_completes_every_command() {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
        let script = String::from_utf8(script(shell)).unwrap();
        for (path, _) in commands() {
            assert!(path.iter().all(|word| script.contains(word.as_str())), "{shell}: {path:?}");
        }
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let output = salgslogg(elsewhere.path(), &["completions", "bash"]);
    assert!(output.status.success() && output.stdout == script(Shell::Bash));
}
