//! 出件窗口的表单: take, check, tell, deliver, what came back, invitation.

use super::{ActForm, Button, Deed, Field, Make, pairs, primary, secondary};
use yichuang_app::AppError;
use yichuang_app::issue::new_visit;
use yichuang_domain::case::command::Telling;

impl Make<'_> {
    pub(super) fn at_window(&self, deed: Deed) -> Result<Vec<ActForm>, AppError> {
        let form = match deed {
            Deed::Take => self.form(deed, vec![], vec![primary("签收结果材料", "F4")])?,
            Deed::Check => self.check()?,
            Deed::Tell => {
                let ways = Telling::TABLE.map(|row| (row.1.to_owned(), row.2.to_owned()));
                let way = self.choice(deed, "way", "通知方式", ways.into());
                let form = self.form(deed, vec![way], vec![secondary("登记已通知")])?;
                ActForm { intro: self.view.pick_up_words(self.ctx), ..form }
            }
            Deed::Deliver => return self.deliver(),
            Deed::ReturnDelivery => {
                let fields = vec![self.text(deed, "退回原因").hint("邮件退回后，结果留在窗口待领取")];
                self.form(deed, fields, vec![secondary("登记退回")])?
            }
            _ => self.form(deed, vec![], vec![secondary("邀请评价")])?,
        };
        Ok(vec![self.back(form)])
    }

    /// After it the desk it was done at is shown again.
    fn back(&self, mut form: ActForm) -> ActForm {
        if self.view.at_issuing {
            form.hidden.push(("back", "issuing".into()));
        }
        form
    }

    /// Line by line: what the case says, and whether the result says the same.
    fn check(&self) -> Result<ActForm, AppError> {
        let deed = Deed::Check;
        let lines = self.view.compared();
        let mut fields: Vec<Field> = Vec::new();
        for (nth, (what, says)) in lines.into_iter().enumerate() {
            let field = self.field(deed, &format!("row-{nth}"), what, "compare");
            fields.push(Field { choices: vec![("says".into(), says)], ..field });
        }
        let hint = "只在有不一致时填写；退回后部门更正前不通知、不送达";
        fields.push(self.text(deed, "不一致之处").hint(hint));
        let button = |words, class, value, key| Button { words, class, value, key };
        let buttons = vec![
            button("核对一致，入待领取", "btn-primary", "matches", "F8"),
            button("退回部门更正", "btn-outline-danger", "differs", "F9"),
        ];
        self.form(deed, fields, buttons)
    }

    /// One form for each way; whoever is sent to collect is written down in one of its own.
    fn deliver(&self) -> Result<Vec<ActForm>, AppError> {
        let deed = Deed::Deliver;
        let mut collectors = vec![("applicant", "申请人本人")];
        if self.view.page.agent.is_some() {
            collectors.push(("agent", "办件登记的代理人"));
        }
        let verified = |label| self.field(deed, "verified", label, "check");
        let own = vec![
            self.choice(deed, "collector", "由谁领取", pairs(&collectors)),
            verified("已核验领取人证件；代理人领取的，已核验授权委托书"),
        ];
        let mut sent = self.person(deed);
        let authority = self.field(deed, "authority", "授权委托书", "line");
        sent.push(authority.hint("填写委托书载明的权限、期限"));
        sent.push(verified("已核验领取人证件和授权委托书"));
        let tracking = vec![self.field(deed, "tracking", "运单号", "line")];
        let visit = ("visit", new_visit(self.view.app, self.ctx).to_string());
        let other = ("collector", "other".to_owned());
        let forms = [
            ("window", "窗口领取", "window", own, primary("确认送达", "F8"), vec![visit.clone()]),
            ("other", "另行委托他人领取", "window", sent, secondary("确认送达"), vec![visit, other]),
            ("mail", "邮寄送达", "mail", tracking, secondary("登记交寄"), vec![]),
            ("electronic", "电子送达", "electronic", vec![], secondary("登记电子送达"), vec![]),
        ];
        let tried = self.tried.map(|tried| match (tried.typed.get("way"), tried.typed.get("collector")) {
            ("window", "other") => "other",
            (way, _) => way,
        });
        let make = |(id, title, way, fields, button, more): (_, _, &str, _, _, Vec<_>)| {
            let form = self.form(deed, fields, vec![button])?;
            let mine = form.tried && tried == Some(id);
            let hidden = std::iter::once(("way", way.to_owned())).chain(more).collect();
            let id = format!("deliver-{id}");
            Ok(self.back(ActForm { id, title, hidden, tried: mine, open: mine, ..form }))
        };
        forms.into_iter().map(make).collect()
    }
}
