//! Runs the services of `compose.yaml` from local programs. Owns what a container engine would add: names of hosts,
//! mounts, published ports, and what the images of Postgres and NATS do with their environment.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use local_stack::postgres::{Cluster, Options};
use local_stack::toolchain;
use local_stack::{account, places, ports};
use service_runtime::clock::{Stopwatch, back_off};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::process::{Child, Command};

use super::compose::{Condition, Part};
use super::{root, variable};

/// How long a service may take until its condition is met.
const PATIENCE: Duration = Duration::from_secs(120);

/// Everything that runs. Dropped, it is killed.
pub struct Stage {
    folder: tempfile::TempDir,
    /// What an address, a port or a path inside is outside.
    outside: BTreeMap<String, String>,
    cluster: Option<Cluster>,
    running: BTreeMap<String, Child>,
}

impl Stage {
    /// An empty stage; `keys` is what lies in `./keys`.
    pub fn new(jwks: &str) -> Self {
        let parent =
            if account::root() { places::elsewhere().unwrap() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(parent).unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(), open).unwrap();
        fs::create_dir(folder.path().join("keys")).unwrap();
        fs::write(folder.path().join("keys/jwks.json"), jwks).unwrap();
        Self { folder, outside: BTreeMap::new(), cluster: None, running: BTreeMap::new() }
    }

    /// A text of `compose.yaml` with everything that is elsewhere here.
    pub fn here(&self, text: &str) -> String {
        self.outside
            .iter()
            .fold(text.to_owned(), |text, (inside, outside)| text.replace(inside, outside))
    }

    fn publish(&mut self, inside: &[&str]) -> u16 {
        let port = ports::free().unwrap();
        for name in inside {
            self.outside.insert((*name).to_owned(), format!("127.0.0.1:{port}"));
        }
        port
    }

    /// Starts a service once those it waits for are as it wants them.
    pub async fn start(&mut self, all: &[Part], service: &Part) {
        for (name, condition) in &service.after {
            let other = all.iter().find(|one| one.name == *name).unwrap();
            match condition {
                Condition::Healthy => self.healthy(other).await,
                Condition::Completed => self.completed(name).await,
            }
        }
        let (image, tag) = service.image.rsplit_once(':').unwrap();
        match image.rsplit_once('/').unwrap().1 {
            "postgres" => self.postgres(service, tag).await,
            "nats" => self.nats(service, tag).await,
            _ => self.ours(service),
        }
    }

    /// Does what the image of Postgres does: a cluster with that password and that database.
    async fn postgres(&mut self, service: &Part, tag: &str) {
        let home = self.folder.path().join("postgres");
        let tools =
            toolchain::fetched_postgres(account::for_cluster(&home).unwrap()).await.unwrap();
        assert!(tag.starts_with(&format!("{}-", tools.version)), "{tag} is not {}", tools.version);
        assert_eq!(service.command[0], "postgres");
        let settings = service.command[1..].chunks(2).map(|pair| {
            assert_eq!(pair[0], "-c");
            let (name, value) = pair[1].split_once('=').unwrap();
            let name: &'static str = name.to_owned().leak();
            (name, value.to_owned())
        });
        let port = self.publish(&["postgres:5432"]);
        self.outside.insert("--port=5432".to_owned(), format!("--port={port}"));
        let options =
            Options { port: Some(port), settings: settings.collect(), ..Options::for_tests() };
        let cluster = Cluster::start(&tools, &home, options).await.unwrap();
        assert_eq!(cluster.port(), port, "somebody took the port meanwhile");
        let mut owner = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        let given = |name: &str| service.environment[name].as_str();
        for statement in [
            format!("CREATE DATABASE {}", given("POSTGRES_DB")),
            format!(
                "ALTER ROLE {} PASSWORD '{}'",
                given("POSTGRES_USER"),
                given("POSTGRES_PASSWORD")
            ),
        ] {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut owner).await.unwrap();
        }
        self.cluster = Some(cluster);
    }

    /// Runs nats-server with its configuration, but on ports and in a folder of this stage.
    async fn nats(&mut self, service: &Part, tag: &str) {
        let pinned = toolchain::wheels::Wheels::pinned().unwrap().nats.version;
        assert!(tag.starts_with(&format!("{pinned}-")), "{tag} is not {pinned}");
        assert_eq!(service.entrypoint, ["nats-server"]);
        let port = self.publish(&["nats:4222"]);
        let monitor = self.publish(&["127.0.0.1:8222"]);
        let mut command = Command::new(variable("SALGSLOGG_TEST_NATS_SERVER"));
        command.args(self.mounted(service, &service.command));
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string()]);
        command.args(["--http_port", &monitor.to_string()]);
        self.spawn(service, command);
    }

    /// Runs one of our programs, named by the last line of its Dockerfile.
    fn ours(&mut self, service: &Part) {
        let program = self.program(service);
        if let Some((_, listen)) =
            service.environment.iter().find(|(name, _)| *name == "SALGSLOGG_LISTEN")
        {
            self.publish(&[listen]);
        }
        let mut command = Command::new(program);
        command.args(self.mounted(service, &service.command));
        self.spawn(service, command);
    }

    /// The program that an image starts, as cargo built it here.
    fn program(&mut self, service: &Part) -> PathBuf {
        let dockerfile = root().join(service.dockerfile.as_ref().expect("our images are built"));
        let text = fs::read_to_string(dockerfile).unwrap();
        let entry = text.lines().find_map(|line| line.strip_prefix("ENTRYPOINT ")).unwrap();
        let [inside]: [String; 1] = serde_json::from_str(entry).unwrap();
        let name = inside.trim_start_matches('/');
        let tests = std::env::current_exe().unwrap();
        let program = tests.parent().unwrap().parent().unwrap().join(name);
        assert!(program.is_file(), "{} is missing; ./deploy/test builds it", program.display());
        program
    }

    /// Words with the paths inside replaced by those outside.
    fn mounted(&self, service: &Part, words: &[String]) -> Vec<String> {
        let beside = root().join("deploy/compose");
        let outside = |source: &str| match source.strip_prefix("./") {
            Some("keys") => self.folder.path().join("keys"),
            Some(file) => beside.join(file),
            None => self.folder.path().join(source),
        };
        let replace = |word: &String| {
            service.volumes.iter().fold(self.here(word), |word, (source, target)| {
                word.replace(target, &outside(source).to_string_lossy())
            })
        };
        words.iter().map(replace).collect()
    }

    /// Exactly the environment of the file, an empty working folder, output into a file.
    fn spawn(&mut self, service: &Part, mut command: Command) {
        let log = File::create(self.folder.path().join(format!("{}.log", service.name))).unwrap();
        let (names, values): (Vec<_>, Vec<_>) = service.environment.clone().into_iter().unzip();
        let environment = names.into_iter().zip(self.mounted(service, &values));
        command.env_clear().envs(environment).current_dir("/").stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log).kill_on_drop(true);
        self.running.insert(service.name.clone(), command.spawn().unwrap());
    }

    /// Waits until a service has ended well.
    pub async fn completed(&mut self, name: &str) {
        let ended = self.running.get_mut(name).unwrap().wait().await.unwrap();
        assert!(ended.success(), "{name} {ended}: {}", self.told(name));
    }

    /// Waits until the health check of a service succeeds.
    pub async fn healthy(&mut self, service: &Part) {
        let watch = Stopwatch::start();
        while !self.asked(service).await {
            let name = &service.name;
            if let Some(child) = self.running.get_mut(name) {
                let ended: Option<ExitStatus> = child.try_wait().unwrap();
                assert!(ended.is_none(), "{name} {ended:?}: {}", self.told(name));
            }
            assert!(watch.elapsed() < PATIENCE, "{name} is not healthy: {}", self.told(name));
            back_off(Duration::from_millis(50)).await;
        }
    }

    /// Runs the health check of a service once.
    async fn asked(&mut self, service: &Part) -> bool {
        let check = service
            .health
            .as_ref()
            .unwrap_or_else(|| panic!("{} has no health check", service.name));
        let words: Vec<String> = check.iter().map(|word| self.here(word)).collect();
        let (program, arguments) = words.split_first().unwrap();
        let program = match program.as_str() {
            "wget" => {
                let url = arguments.iter().find(|word| word.starts_with("http://")).unwrap();
                return reqwest::get(url).await.is_ok_and(|answer| answer.status().is_success());
            }
            "pg_isready" => self.cluster.as_ref().unwrap().bin().join(program),
            _ => {
                let ours = self.program(service);
                assert_eq!(Path::new(program).file_name(), ours.file_name(), "asks itself");
                ours
            }
        };
        let values: Vec<String> = service.environment.values().cloned().collect();
        let environment = service.environment.keys().zip(self.mounted(service, &values));
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(environment)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().await.unwrap().success()
    }

    /// The end of what a program printed.
    fn told(&self, name: &str) -> String {
        let text =
            fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default();
        text.lines()
            .rev()
            .take(12)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
            .join("\n")
    }
}
