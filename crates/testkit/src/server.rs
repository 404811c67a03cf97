//! A PostgreSQL server of one test's own, to be killed, restarted, filled up or promoted. Durable as a server of an
//! office is: fsync is on.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Arguments every server gets; what follows may change them.
const SETTINGS: [&str; 5] = [
    "-c listen_addresses=127.0.0.1",
    "-c unix_socket_directories=",
    "-c shared_buffers=32MB",
    "-c max_connections=60",
    "-c wal_receiver_timeout=5s",
];

/// A server. It is stopped and removed when it is dropped.
pub struct Server {
    programs: Programs,
    folder: TempDir,
    data: PathBuf,
    port: u16,
    settings: String,
}

impl Server {
    /// Makes and starts one. `None`, and a line that says so, where tests have no PostgreSQL
    /// ([`crate::database::server`]) or its programs are not on this machine; in CI they must be.
    pub fn start(test: &str, settings: &str) -> Option<Server> {
        let server = Server::make(test, None)?;
        Some(server.made().with(settings))
    }

    /// The same with its data in a folder of this disk.
    pub fn start_on(test: &str, disk: &SmallDisk, settings: &str) -> Option<Server> {
        let server = Server::make(test, Some(disk.path()))?;
        server.programs.give(disk.path());
        Some(server.made().with(settings))
    }

    fn made(self) -> Server {
        // The machine does not lose its power; what is kept from then on is synced.
        let options = ["--locale=C", "-E", "UTF8", "--auth=trust", "-U", "postgres", "--no-sync"];
        self.run("initdb", &[&["-D", self.data()], &options[..]].concat());
        self
    }

    /// A standby of this server, streaming from it.
    pub fn standby(&self, test: &str) -> Server {
        let standby = Server::make(test, None).expect("the primary runs, so a standby can");
        let port = self.port.to_string();
        let from =
            ["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "-N"];
        standby.run("pg_basebackup", &[&["-D", standby.data()], &from[..]].concat());
        standby.with("")
    }

    fn make(test: &str, disk: Option<&Path>) -> Option<Server> {
        crate::database::server(test)?;
        let Some(programs) = Programs::find() else {
            assert!(std::env::var_os("CI").is_none(), "initdb and pg_ctl must be there in CI");
            let line =
                format!("{test}: the programs initdb and pg_ctl are absent, so this test did nothing\n");
            std::io::stderr().write_all(line.as_bytes()).expect("standard error is open");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = disk.unwrap_or(folder.path()).join("data");
        programs.give(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        Some(Server { programs, folder, data, port: port.port(), settings: String::new() })
    }

    fn with(mut self, settings: &str) -> Server {
        self.settings = format!("-p {} {} {settings}", self.port, SETTINGS.join(" "));
        self.restart();
        self
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address())
    }

    /// Where it listens, `127.0.0.1:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// kill -9: the server has no time for anything.
    pub fn kill(&self) {
        let pid = fs::read_to_string(self.data.join("postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().expect("its number");
        let killed = Command::new("kill").args(["-9", pid]).status().expect("kill runs");
        assert!(killed.success(), "the server is not killed");
    }

    /// Starts it again, and waits until it answers.
    pub fn restart(&mut self) {
        let log = self.folder.path().join("log");
        let log = log.to_str().expect("a plain path");
        let start = ["-D", self.data(), "-w", "-s", "-l", log, "-o", &self.settings, "start"];
        // What is left of a server that was killed takes a moment to notice it.
        for _ in 0..20 {
            if self.output("pg_ctl", &start).status.success() {
                return;
            }
        }
        panic!("the server does not start: {}", fs::read_to_string(log).unwrap_or_default());
    }

    /// It runs, or what is left of it does.
    pub fn runs(&self) -> bool {
        self.output("pg_ctl", &["-D", self.data(), "status"]).status.success()
    }

    /// Lets the server's user have this folder.
    pub fn give(&self, folder: &Path) {
        self.programs.give(folder);
    }

    /// Tells a standby that it is the primary now, and waits until it is.
    pub fn promote(&self) {
        self.run("pg_ctl", &["-D", self.data(), "-w", "-s", "promote"]);
    }

    fn data(&self) -> &str {
        self.data.to_str().expect("a plain path")
    }

    fn run(&self, program: &str, args: &[&str]) {
        let output = self.output(program, args);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The server's own output goes to its log, so that nobody waits for it to end.
    fn output(&self, program: &str, args: &[&str]) -> Output {
        self.programs.command(program).args(args).current_dir(self.folder.path()).output().expect("it runs")
    }
}

/// A disk of so many megabytes in memory. It is gone when it is dropped.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// Mounts one, which only root may. `None`, and a line that says so, where that cannot be done.
    pub fn mount(test: &str, megabytes: u32) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={megabytes}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk(folder));
        }
        say(&format!(
            "{test}: a small disk cannot be mounted here (that needs root), so this test did nothing"
        ));
        None
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it larger.
    pub fn grow(&self, megabytes: u32) {
        let size = format!("remount,size={megabytes}m");
        let mount = Command::new("mount").args(["-o", &size]).arg(self.path()).status().expect("mount runs");
        assert!(mount.success(), "the disk does not grow");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is still ending may hold a file.
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking(), "the disk stays");
    }
}

/// Past the test harness, which keeps what a passing test prints to itself.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).expect("standard error is open");
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed cannot be stopped; its folder goes all the same.
        let _ = self.output("pg_ctl", &["-D", self.data(), "-m", "immediate", "-w", "-s", "stop"]);
    }
}

/// The programs of PostgreSQL, and who may run them: it refuses to run as root.
struct Programs {
    folder: PathBuf,
    user: Option<u32>,
}

impl Programs {
    /// In a folder of the path, or where Debian puts them, the newest.
    fn find() -> Option<Programs> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut debian: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
        debian.sort_by_key(|folder| {
            let version =
                folder.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().parse());
            version.and_then(Result::ok).unwrap_or(0_u32)
        });
        let folders = std::env::split_paths(&path).chain(debian.into_iter().rev());
        let all = ["initdb", "pg_ctl", "pg_basebackup", "postgres"];
        let folder = { folders }.find(|folder| all.iter().all(|program| folder.join(program).exists()))?;
        Some(Programs { folder, user: Programs::user() })
    }

    #[cfg(unix)]
    fn user() -> Option<u32> {
        use std::os::unix::fs::MetadataExt as _;
        let own = tempfile::tempdir().and_then(|folder| folder.path().metadata()).expect("a folder").uid();
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let id = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name));
            line.and_then(|line| line.split(':').nth(2)?.parse().ok())
        };
        (own == 0).then(|| id("postgres").or_else(|| id("nobody"))).flatten()
    }

    #[cfg(not(unix))]
    fn user() -> Option<u32> {
        None
    }

    #[cfg_attr(not(unix), expect(unused_mut, reason = "only there it changes"))]
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        #[cfg(unix)]
        if let Some(user) = self.user {
            use std::os::unix::process::CommandExt as _;
            command.uid(user);
        }
        command
    }

    fn give(&self, folder: &Path) {
        #[cfg(unix)]
        std::os::unix::fs::chown(folder, self.user, None).expect("the folder is theirs");
        #[cfg(not(unix))]
        let _ = folder;
    }
}
