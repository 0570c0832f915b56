//! The commands of the runbooks, run as they stand there by a shell; what a page says in words is done by the test.

use std::path::Path;
use std::process::Stdio;

use local_stack::account::Account;
use system_tests::program;
use tokio::process::Command;

use crate::architecture::sources;

/// The shell commands of a section of a page.
fn commands(page: &str, section: &str) -> String {
    let path = sources::root().join("deploy/runbooks").join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let (_, below) = text.split_once(&format!("\n## {section}\n")).expect("the section");
    let below = below.split("\n## ").next().unwrap();
    let (_, block) = below.split_once("```sh\n").expect("shell commands");
    block.split("\n```").next().unwrap().to_owned()
}

/// A shell with `salgslogg` in its path.
pub struct Shell {
    variables: Vec<(String, String)>,
    account: Option<Account>,
}

impl Shell {
    /// With these variables, and the programs of `bin` before all others.
    pub fn new(bin: Option<&Path>, variables: &[(&str, &str)]) -> Self {
        let ours = program("salgslogg");
        let ours = ours.parent().unwrap().display();
        let bin = bin.map_or(String::new(), |bin| format!("{}:", bin.display()));
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let path = ("PATH".to_owned(), format!("{bin}{ours}:/usr/bin:/bin"));
        Self { variables: owned.chain([path]).collect(), account: None }
    }

    /// Run by the account of Postgres, where the tests are root's.
    pub fn by(self, account: Option<Account>) -> Self {
        Self { account, ..self }
    }

    /// Runs the commands of a section, each of which must succeed; answers what they print.
    pub async fn run(&self, page: &str, section: &str) -> String {
        self.script(&commands(page, section))
            .await
            .unwrap_or_else(|told| panic!("{section}: {told}"))
    }

    /// Runs a script; answers what it prints, or what it complains of.
    pub async fn script(&self, script: &str) -> Result<String, String> {
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("set -euo pipefail\n{script}")]).current_dir("/");
        shell.env_clear().envs(self.variables.iter().cloned()).stdin(Stdio::null());
        if let Some(Account { uid, gid }) = self.account {
            shell.uid(uid).gid(gid);
        }
        let ran = shell.output().await.unwrap();
        let out = String::from_utf8_lossy(&ran.stdout).into_owned();
        if ran.status.success() {
            Ok(out)
        } else {
            Err(format!("{}\n{out}\n{}", ran.status, String::from_utf8_lossy(&ran.stderr)))
        }
    }
}
