//! The centre behind its router: requests as a browser sends them, a clock that stands where the test puts it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;
use yichuang_app::access::demo;
use yichuang_app::case::{CaseAnswer, Seen};
use yichuang_app::files::{self, FilesPlace};
use yichuang_app::intake::ReceiptForm;
use yichuang_app::render::{Paper, Press, Render, Unprintable};
use yichuang_app::uploads::Scanner;
use yichuang_app::vault::{Key, Keys};
use yichuang_app::{App, Clock, Ctx, catalog, intake, marks, windows};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::case::{Channel, MaterialWay, SubmittedMaterial};
use yichuang_domain::id::{StaffId, VisitId};
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::organisation::WindowKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, Instant};
use yichuang_server::{Server, router};
use yichuang_testkit::TestDb;

/// 食品经营许可（新办）.
const FOOD: &str = "scjg-spjy-xb";
/// Host the browser asks.
pub const HOST: &str = "yichuang.test";

/// A clock that stands still until it is moved.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Writes the data down instead of setting it: no test of pages waits for a typesetter.
struct Typewriter;

impl Render for Typewriter {
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable> {
        Ok(format!("%PDF-1.7\n{}", paper.data).into_bytes())
    }
}

/// 中心.
pub struct House {
    pub server: Server,
    pub today: Date,
    hand: Arc<Hand>,
    router: Router,
    _folder: TempDir,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub head: axum::http::HeaderMap,
    pub body: String,
    /// Bytes of the body as sent.
    pub length: usize,
}

impl Answer {
    /// Where it sends the browser.
    pub fn to(&self) -> &str {
        self.header("location")
    }

    pub fn header(&self, name: &str) -> &str {
        self.head.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The value of the first field of a form by this name after `from`.
    pub fn field(&self, from: &str, name: &str) -> String {
        let form = self.body.split_once(from).expect("the form is there").1;
        let mark = format!("name=\"{name}\" value=\"");
        let rest = form.split_once(&mark).expect("the field is there").1;
        rest.split_once('"').expect("a value").0.to_owned()
    }

    /// The page with what differs from run to run taken out.
    pub fn page(&self) -> String {
        let mut page = String::new();
        for (nth, part) in self.body.split("act\" value=\"").enumerate() {
            let shown = if nth == 0 { part } else { part.split_once('"').expect("a value").1 };
            page.push_str(if nth == 0 { "" } else { "act\" value=\"[act]\"" });
            page.push_str(shown);
        }
        // A picture of an address is as long as a page.
        while let Some((before, (_, after))) =
            page.split_once("<svg").and_then(|(b, rest)| Some((b, rest.split_once("</svg>")?)))
        {
            page = format!("{before}[picture]{after}");
        }
        let mut shown = String::new();
        for (nth, part) in page.split("/documents/").enumerate() {
            shown.push_str(if nth == 0 { "" } else { "/documents/[id]" });
            shown.push_str(if nth == 0 {
                part
            } else {
                part.trim_start_matches(|c: char| c.is_ascii_digit())
            });
        }
        let page = shown;
        let lines = page.lines().filter(|line| !line.contains("/assets/") && !line.trim().is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl House {
    pub async fn open(db: &TestDb) -> House {
        House::with(db, None).await
    }

    /// With this virus scanner.
    pub async fn with(db: &TestDb, scanner: Option<Scanner>) -> House {
        let app = App::on(db.store()).await.expect("the application opens");
        app.unlock(Keys::Given(vec![Arc::new(Key::from_secret([7; 32]))])).await.expect("unlocked");
        catalog::load_default_catalogue(&app).await.expect("the default data loads");
        marks::mark_made_by(&app, marks::DEMO).await.expect("marked");
        let today = Date::constant(2026, 9, 1);
        let hand = Arc::new(Hand(AtomicI64::new(Instant::at(today, 10, 0).0)));
        let folder = tempfile::tempdir().expect("a folder");
        let place = FilesPlace::Folder(folder.path().join("files"));
        let files = files::open(&app, &place, hand.now()).await.expect("the files open");
        let progress = format!("http://{HOST}/progress/");
        let press = Press { render: Arc::new(Typewriter), files, progress };
        let server = Server { app, clock: hand.clone(), press, scanner, demo: true, reset: None, tls: false };
        demo::open_accounts(&server.app, server.clock.now()).await.expect("accounts");
        House { router: router(server.clone()), server, today, hand, _folder: folder }
    }

    /// Serves on, with this changed.
    pub fn serve(&mut self, change: impl FnOnce(&mut Server)) {
        change(&mut self.server);
        self.router = router(self.server.clone());
    }

    /// Moves the clock.
    pub fn at(&self, date: Date, hour: i8, minute: i8) {
        self.hand.0.store(Instant::at(date, hour, minute).0, Ordering::SeqCst);
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response<Body> = self.router.clone().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("the body");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: head.status, head: head.headers, body, length: bytes.len() }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, who);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::COOKIE, who)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).expect("a request")).await
    }

    /// Sends the form of this kind as the page shown has it, with these fields.
    pub async fn act(
        &self,
        who: &str,
        shown: &Answer,
        page: &str,
        kind: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let mark = format!("{page}/{kind}#");
        let (act, version) = (shown.field(&mark, "act"), shown.field(&mark, "version"));
        let mut fields = vec![("act", act.as_str()), ("version", version.as_str())];
        fields.extend(more);
        self.post(who, &format!("{page}/{kind}"), &fields).await
    }

    /// Picks a demo account; the cookie.
    pub async fn sign_in(&self, account: &str) -> String {
        let answer = self.post("", "/sign-in/demo", &[("account", account)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{account}: {}", answer.body);
        answer.header("set-cookie").split(';').next().expect("a cookie").to_owned()
    }

    /// Somebody at this post: of 市场监管 where there is a choice.
    pub fn account(&self, post: Post) -> String {
        let organisation = self.server.app.organisation();
        let at_post = || organisation.staff.values().filter(|member| member.post == post);
        let found = at_post().find(|member| member.agency == "scjgj").or_else(|| at_post().next());
        found.expect("staffed").id.to_string()
    }

    pub fn ctx(&self, actor: Actor, act: &str) -> Ctx {
        Ctx::new(actor, self.server.clock.now(), act)
    }

    /// The clerk of 市场监管 at an open window.
    pub async fn clerk(&self) -> Actor {
        let organisation = self.server.app.organisation();
        let window = organisation.sites["jb"]
            .windows
            .iter()
            .find(|window| window.kind == WindowKind::Sector("scjg".into()))
            .expect("a window");
        let actor = organisation.actor(StaffId(1001)).expect("a clerk");
        windows::open_window(&self.server.app, &self.ctx(actor, "open"), &window.code).await.expect("open")
    }

    /// A food licence application of a person, received and accepted.
    pub async fn accepted(&self, clerk: &Actor, act: &str) -> CaseAnswer {
        let received = self.received(clerk, act).await;
        let accept = self.ctx(clerk.clone(), &format!("{act}/accept"));
        intake::accept_case(&self.server.app, &accept, Seen::from(&received)).await.expect("accepted")
    }

    /// The same, received only.
    pub async fn received(&self, clerk: &Actor, act: &str) -> CaseAnswer {
        let app = &self.server.app;
        let version = app.version_in_force(FOOD, self.today).await.expect("in force");
        let situations: BTreeSet<String> = ["cy", "fzd", "br"].map(str::to_owned).into();
        let materials = version.item.required_materials(&situations);
        let form = ReceiptForm {
            visit: VisitId(1),
            item: version.id,
            channel: Channel::Window,
            applicant: Applicant {
                kind: PartyKind::Person,
                name: "演示人0001".into(),
                document: DocumentKind::ResidentId,
                number: "110101199003070310".into(),
                phone: "13800138000".into(),
            },
            agent: None,
            materials: materials.map(|m| SubmittedMaterial::new(&m.id, MaterialWay::Paper)).collect(),
            points: version.item.review_points(&situations).map(|point| point.id.clone()).collect(),
            situations: situations.clone(),
        };
        intake::receive_case(app, &self.ctx(clerk.clone(), act), form).await.expect("received")
    }
}
