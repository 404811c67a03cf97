//! 部门的表单: what a department that decides, or was asked, fills in.

use super::{ActForm, Button, Deed, Field, Make, grave, pairs, primary, secondary};
use yichuang_app::AppError;
use yichuang_app::offer::own_documents;
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::{DocumentKind, mask};
use yichuang_domain::item::ProcedureKind;

impl Make<'_> {
    pub(super) fn in_office(&self, deed: Deed) -> Result<ActForm, AppError> {
        let (fields, buttons) = match deed {
            Deed::ConfirmRefusal => (vec![], vec![primary("确认不予受理，出具通知书", "F8")]),
            Deed::RejectRefusal => {
                let hint = "写明应当受理或者须重新办理的理由，窗口据此继续办理";
                (vec![self.text(deed, "退回理由").hint(hint)], vec![secondary("退回窗口")])
            }
            Deed::Answer => {
                let form =
                    self.form(deed, vec![self.text(deed, "答复意见")], vec![primary("提交答复", "F8")])?;
                return Ok(ActForm { intro: self.view.question_to_own(self.ctx), ..form });
            }
            Deed::Examine => (vec![self.text(deed, "审查意见")], vec![primary("审查完成，转审核", "F8")]),
            Deed::Review => (vec![self.text(deed, "审核意见")], vec![primary("审核完成，转审批", "F8")]),
            Deed::Decide => {
                let hint = "不予许可须写明理由，理由载入决定书并告知复议、诉讼途径";
                let button = |words, class, value, key| Button { words, class, value, key };
                let buttons = vec![
                    button("准予", "btn-primary", "approved", "F8"),
                    button("不予许可", "btn-outline-danger", "denied", ""),
                ];
                (vec![self.text(deed, "审批意见（理由）").hint(hint)], buttons)
            }
            Deed::ExplainOverdue => {
                let hint = "告知申请人；承诺时限已过的，说明后才能作出决定";
                (vec![self.text(deed, "超期原因").hint(hint)], vec![primary("出具超期说明", "")])
            }
            Deed::HandOver => {
                let hint = "结果是证照的填写，没有证照的不填";
                let field = self.field(deed, "certificate", "证照编号", "line").hint(hint);
                (vec![field], vec![primary("签字移交", "F8")])
            }
            Deed::Claim => (vec![], vec![secondary("认领，由本人承办")]),
            Deed::Release => (vec![], vec![secondary("放弃认领")]),
            Deed::Delegate => {
                let to = self.choice(deed, "to", "转交给", self.successors());
                (vec![to, self.text(deed, "事由")], vec![secondary("转交")])
            }
            Deed::Ask => self.ask(deed),
            Deed::StartProcedure => self.start_procedure(deed),
            Deed::CallHearing => self.call_hearing(deed),
            Deed::EndProcedure => self.end_procedure(deed),
            Deed::TellParties => self.tell_parties(deed),
            Deed::RecordService => {
                let party = self.choice(deed, "party", "送达给", self.view.parties(true));
                let on = self.field(deed, "on", "送达日期", "date").hint("以送达回证上的日期为准");
                (vec![party, on], vec![secondary("登记送达")])
            }
            Deed::HearParty => {
                let party = self.choice(deed, "party", "听取谁的意见", self.view.parties(false));
                let voices = [
                    ("statement", "陈述、申辩"),
                    ("hearing_requested", "要求听证"),
                    ("hearing_waived", "放弃听证"),
                ];
                let voice = self.choice(deed, "voice", "意见种类", pairs(&voices));
                (vec![party, voice, self.text(deed, "意见内容")], vec![secondary("登记意见")])
            }
            Deed::Extend => {
                let days = self.field(deed, "days", "延长天数", "number").hint("个工作日，以法定上限为限");
                let words = self.text(deed, "理由").hint("理由告知申请人");
                (vec![days, words], vec![secondary("批准延期并告知申请人")])
            }
            Deed::Convert => (vec![self.text(deed, "不能当场办结的原因")], vec![secondary("转为承诺件")]),
            Deed::TransferUpward => {
                let organ = self.field(deed, "organ", "上级机关名称", "line");
                (vec![organ, self.text(deed, "理由")], vec![grave("转报，本级办理终止")])
            }
            Deed::Reissue => self.reissue(deed),
            Deed::Annul => {
                let authority = self.field(deed, "authority", "批准文号", "line");
                let hint = "作废后不能恢复，终止通知书送达申请人";
                (vec![authority, self.text(deed, "理由").hint(hint)], vec![grave("作废该办件")])
            }
            _ => (vec![], vec![]),
        };
        self.form(deed, fields, buttons)
    }

    fn own(&self) -> &str {
        self.ctx.actor.staff().and_then(|staff| staff.agency.as_deref()).unwrap_or_default()
    }

    /// Colleagues of the post whose step it is, without those who took the case in and who holds it.
    fn successors(&self) -> Vec<(String, String)> {
        let case = &self.view.page.case;
        let branch = case.branch(self.own());
        let post = branch.and_then(|branch| branch.stage.post());
        let holder = branch.and_then(|branch| branch.claim);
        self.colleagues(|id, of| Some(of) == post && Some(id) != holder && !case.intake_hands.contains(&id))
    }

    fn colleagues(
        &self,
        fit: impl Fn(StaffId, yichuang_domain::permission::Post) -> bool,
    ) -> Vec<(String, String)> {
        let staff = self.view.organisation.staff.values();
        let own = staff.filter(|member| member.agency == self.own() && fit(member.id, member.post));
        own.map(|member| {
            let name = format!("{}（{}）{}", mask::name(&member.name), member.id, member.post.name());
            (member.id.to_string(), name)
        })
        .collect()
    }

    fn ask(&self, deed: Deed) -> (Vec<Field>, Vec<Button>) {
        let case = &self.view.page.case;
        let others = self.view.organisation.agencies.values();
        let others = others.filter(|agency| agency.key != self.own() && case.branch(&agency.key).is_none());
        let others = others.map(|agency| (agency.key.clone(), agency.name.clone())).collect();
        let days = self.field(deed, "days", "答复期限", "number");
        let fields = vec![
            self.choice(deed, "to", "征询部门", others),
            days.hint("个工作日；本部门的时限继续计算，逾期未答复不影响作出决定"),
            self.text(deed, "征询事项"),
        ];
        (fields, vec![secondary("发出征询")])
    }

    fn start_procedure(&self, deed: Deed) -> (Vec<Field>, Vec<Button>) {
        let kinds = self.view.page.version.item.procedures.iter().map(|rule| rule.kind);
        let listed = kinds.filter(|kind| *kind != ProcedureKind::Hearing);
        let choices = listed.map(|kind| (word(kind), kind.name().to_owned())).collect();
        let fields = vec![
            self.choice(deed, "procedure", "特别程序", choices),
            self.field(deed, "days", "预计所需时间", "number").hint("个工作日，载入告知书"),
            self.text(deed, "事由"),
        ];
        (fields, vec![secondary("启动并告知申请人")])
    }

    fn call_hearing(&self, deed: Deed) -> (Vec<Field>, Vec<Button>) {
        let case = &self.view.page.case;
        let own = self.ctx.actor.number();
        let involved = |id| {
            id == StaffId(own)
                || case.intake_hands.contains(&id)
                || case.branches.iter().any(|branch| branch.hands.contains(&id))
        };
        let fields = vec![
            self.field(deed, "on", "听证日期", "date").hint("须是工作日，并留足法定的通知天数"),
            self.field(deed, "time", "听证时间", "line").hint("如上午9时30分"),
            self.field(deed, "place", "听证地点", "line"),
            self.choice(deed, "presider", "主持人", self.colleagues(|id, _| !involved(id)))
                .hint("须是没有参与受理、审查该申请的人员"),
            self.field(deed, "days", "预计所需时间", "number").hint("个工作日，载入告知书"),
            self.text(deed, "事由"),
        ];
        (fields, vec![secondary("通知听证")])
    }

    fn end_procedure(&self, deed: Deed) -> (Vec<Field>, Vec<Button>) {
        let running = self.view.page.case.branch(self.own()).and_then(|branch| branch.own_running());
        let mut fields = Vec::new();
        if running.is_some_and(|running| running.kind == ProcedureKind::Hearing) {
            let choices = [("yes", "已举行"), ("no", "未举行，另行通知")];
            fields.push(self.choice(deed, "held", "听证", pairs(&choices)));
        }
        let officers = self.field(deed, "officers", "实施人员", "line");
        fields.push(officers.hint("工号，多人用空格隔开；现场核查须两名以上"));
        fields.push(self.text(deed, "结果"));
        (fields, vec![primary("登记结果，恢复计时", "F8")])
    }

    fn tell_parties(&self, deed: Deed) -> (Vec<Field>, Vec<Button>) {
        let touched = [("yes", "有，告知下列一人"), ("no", "经查明没有利害关系人")];
        let mut fields = vec![self.choice(deed, "touched", "有无利害关系人", pairs(&touched))];
        fields.extend(self.person(deed));
        fields.push(self.text(deed, "涉及的重大利益，或者查明的情况"));
        (fields, vec![secondary("登记告知，出具告知书")])
    }

    /// Who somebody is, written down here.
    pub(super) fn person(&self, deed: Deed) -> Vec<Field> {
        let kinds = DocumentKind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.name().to_owned()));
        vec![
            self.field(deed, "name", "姓名或者名称", "line"),
            self.choice(deed, "document", "证件类型", kinds.collect()),
            self.field(deed, "number", "证件号码", "line"),
            self.field(deed, "phone", "电话", "line"),
        ]
    }

    fn reissue(&self, deed: Deed) -> (Vec<Field>, Vec<Button>) {
        let numbers = own_documents(self.ctx, &self.view.page.case);
        let title = |number: &String| {
            let documents = self.view.page.documents.iter();
            let found = documents.filter(|document| document.number == *number);
            let title = found.map(|document| document.title.as_str()).next().unwrap_or_default();
            format!("{number} {title}")
        };
        let choices = numbers.iter().map(|number| (number.clone(), title(number))).collect();
        let wording = self.field(deed, "wording", "更正后的文字", "text");
        let fields = vec![
            self.choice(deed, "number", "有误的文书", choices),
            wording.hint("只在原文书载明事由且事由有误时填写；不填的按原内容重新出具"),
            self.field(deed, "authority", "批准文号", "line"),
            self.text(deed, "错在何处、如何更正"),
        ];
        (fields, vec![grave("作废原文书并重新出具")])
    }
}

/// The word of a kind in a form.
fn word(kind: ProcedureKind) -> String {
    let word = serde_json::to_value(kind).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
