//! 病毒扫描: asks clamd by its own protocol (INSTREAM). Keeps nothing, decides nothing.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use yichuang_domain::time::Instant;

/// How long the scanner may take for one file.
const LONGEST: Duration = Duration::from_secs(15);
/// Bytes sent at a time.
const PIECE: usize = 64 * 1024;
/// Characters of an answer, at most.
const ANSWER: u64 = 4096;

/// 病毒扫描程序: clamd, by `host:port`; and how it has answered this process.
#[derive(Clone, Debug)]
pub struct Scanner {
    address: String,
    heard: Arc<Mutex<Heard>>,
}

/// 应答情况.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// When it answered last.
    pub answered_at: Option<Instant>,
    /// Since when it answers, or since when it does not.
    pub since: Option<Instant>,
    answers: bool,
}

/// 病毒扫描状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannerState {
    /// 未配置
    NotConfigured,
    /// 正常
    Ready,
    /// 不可用
    Unavailable,
}

impl ScannerState {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            ScannerState::NotConfigured => "未配置",
            ScannerState::Ready => "正常",
            ScannerState::Unavailable => "不可用",
        }
    }

    /// The state of the scanner of this installation, asked now.
    pub async fn of(scanner: Option<&Scanner>, at: Instant) -> ScannerState {
        match scanner {
            None => ScannerState::NotConfigured,
            Some(scanner) => {
                let answer = timeout(LONGEST, scanner.ask(b"zPING\0", &[])).await;
                let answers = matches!(answer, Ok(Ok(answer)) if answer == "PONG");
                scanner.note(at, answers);
                if answers { ScannerState::Ready } else { ScannerState::Unavailable }
            }
        }
    }
}

/// What the scanner says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    Clean,
    Infected,
}

impl Scanner {
    /// The scanner that listens there, e.g. `127.0.0.1:3310`.
    pub fn new(address: impl Into<String>) -> Scanner {
        Scanner { address: address.into(), heard: Arc::default() }
    }

    /// How it has answered so far.
    pub fn heard(&self) -> Heard {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, at: Instant, answers: bool) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.since.is_none() || heard.answers != answers {
            heard.since = Some(at);
        }
        heard.answers = answers;
        if answers {
            heard.answered_at = Some(at);
        }
    }

    pub(super) async fn scan(&self, bytes: &[u8], at: Instant) -> io::Result<Scanned> {
        let answer = timeout(LONGEST, self.ask(b"zINSTREAM\0", bytes)).await;
        self.note(at, matches!(answer, Ok(Ok(_))));
        let answer = answer.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        match answer.as_str() {
            "stream: OK" => Ok(Scanned::Clean),
            found if found.ends_with(" FOUND") => Ok(Scanned::Infected),
            other => Err(io::Error::other(other.to_owned())),
        }
    }

    /// One command, its stream in pieces, its answer up to the zero byte.
    async fn ask(&self, command: &[u8], bytes: &[u8]) -> io::Result<String> {
        let mut line = TcpStream::connect(&self.address).await?;
        line.write_all(command).await?;
        if command.starts_with(b"zINSTREAM") {
            for piece in bytes.chunks(PIECE) {
                line.write_all(&(piece.len() as u32).to_be_bytes()).await?;
                line.write_all(piece).await?;
            }
            line.write_all(&0u32.to_be_bytes()).await?;
        }
        let mut answer = Vec::new();
        line.take(ANSWER).read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer);
        Ok(answer.trim_end_matches(['\0', '\n']).to_owned())
    }
}
