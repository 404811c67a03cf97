//! 办理表单 of a case page: which acts the post may do on the case as it stands, with what was typed before; and why
//! one that is the post's own cannot be done now.

use super::case::Tried;
use super::desk::stage;
use yichuang_app::AppError;
use yichuang_app::access::{act_id, permit};
use yichuang_app::desk::CasePage;
use yichuang_domain::case::{BranchStage, Stage};
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::permission::{Action, Actor};

/// 表单.
pub struct ActForm {
    pub kind: &'static str,
    pub title: &'static str,
    pub act: String,
    pub tried: bool,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
}

/// 表单的一项. `kind`: `text`, `line`, `number` or `choice`.
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub kind: &'static str,
    pub value: String,
    pub hint: &'static str,
    pub choices: Vec<(String, &'static str)>,
}

/// 按钮.
pub struct Button {
    pub words: &'static str,
    pub class: &'static str,
    pub value: &'static str,
    pub key: &'static str,
}

/// What the page says after an act of this kind.
pub fn done(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "examine" => "已审查，转审核岗。",
        "review" => "已审核，转首席代表审批。",
        "decide" => "已作出审批决定。",
        "start-procedure" => "已启动特别程序，期限停止计算，告知书已编号。",
        "end-procedure" => "已登记特别程序结果，期限恢复计算。",
        "extend" => "已延长办理期限，告知书已编号。",
        _ => return None,
    })
}

/// The forms for this actor, and why others of the post are not offered.
pub fn offered(
    page: &CasePage,
    actor: &Actor,
    tried: Option<&Tried>,
) -> Result<(Vec<ActForm>, Vec<String>), AppError> {
    let may = |action| permit(actor, action).is_ok();
    let acts = [Action::Examine, Action::Review, Action::Decide, Action::Extend];
    if !acts.into_iter().any(may) {
        return Ok((Vec::new(), Vec::new()));
    }
    let blocked = |why: &str| Ok((Vec::new(), vec![why.to_owned()]));
    if !matches!(page.case.stage, Stage::InApproval { .. }) {
        return blocked("该办件不在审批环节，没有可以办理的操作。");
    }
    let own = actor.staff().and_then(|staff| staff.agency.as_deref()).unwrap_or_default();
    let branch = match page.case.branch(own) {
        Some(branch) => branch,
        None if may(Action::Extend) => match page.case.branches.first() {
            Some(branch) => branch,
            None => return blocked("该办件没有审批部门。"),
        },
        None => return blocked("本部门不是该办件的审批部门，只能查看。"),
    };
    if let BranchStage::Decided { .. } = branch.stage {
        return blocked("本部门已经作出决定。");
    }
    let make = Make { tried };
    let (mut forms, mut why) = (Vec::new(), Vec::new());
    if branch.own_running().is_some() && may(Action::EndProcedure) {
        forms.push(make.end_procedure(branch.own_running().map(|running| running.kind))?);
    } else if branch.running().is_some() {
        why.push("特别程序进行中，期限停止计算，结束后才能继续办理。".to_owned());
    } else {
        match branch.stage {
            BranchStage::Pending if may(Action::Examine) => forms.push(make.examine()?),
            BranchStage::Examined if may(Action::Review) => forms.push(make.review()?),
            BranchStage::Reviewed if may(Action::Decide) => forms.push(make.decide()?),
            _ if may(Action::Extend) => {}
            _ => why.push(format!("该办件待{}，由相应岗位先办理。", stage(&branch.stage))),
        }
        let kinds: Vec<ProcedureKind> = page.version.item.procedures.iter().map(|rule| rule.kind).collect();
        if may(Action::StartProcedure) && kinds.iter().any(|kind| *kind != ProcedureKind::Hearing) {
            forms.push(make.start_procedure(&kinds)?);
        }
    }
    if may(Action::Extend) {
        match branch.extended {
            None => forms.push(make.extend()?),
            Some(_) => why.push("该办件已经延长过期限，不能再延长。".to_owned()),
        }
    }
    Ok((forms, why))
}

struct Make<'a> {
    tried: Option<&'a Tried>,
}

impl Make<'_> {
    fn form(
        &self,
        kind: &'static str,
        title: &'static str,
        fields: Vec<Field>,
        buttons: Vec<Button>,
    ) -> Result<ActForm, AppError> {
        let tried = self.tried.filter(|tried| tried.kind == kind);
        let act = match tried.filter(|tried| tried.again) {
            Some(tried) => tried.typed.act.clone(),
            None => act_id()?,
        };
        Ok(ActForm { kind, title, act, tried: tried.is_some(), fields, buttons })
    }

    /// A field of the form of this kind, with what was typed in it.
    fn field(&self, form: &str, name: &'static str, label: &'static str, kind: &'static str) -> Field {
        let typed = self.tried.filter(|tried| tried.kind == form).map(|tried| &tried.typed);
        let value = typed.map(|typed| match name {
            "words" => typed.words.clone(),
            "procedure" => typed.procedure.clone(),
            "days" => typed.days.clone(),
            "officers" => typed.officers.clone(),
            _ => typed.held.clone(),
        });
        Field { name, label, kind, value: value.unwrap_or_default(), hint: "", choices: Vec::new() }
    }

    fn examine(&self) -> Result<ActForm, AppError> {
        let words = self.field("examine", "words", "审查意见", "text");
        self.form("examine", "审查", vec![words], vec![primary("审查完成，转审核", "F8")])
    }

    fn review(&self) -> Result<ActForm, AppError> {
        let words = self.field("review", "words", "审核意见", "text");
        self.form("review", "审核", vec![words], vec![primary("审核完成，转审批", "F8")])
    }

    fn decide(&self) -> Result<ActForm, AppError> {
        let hint = "不予许可须写明理由，理由载入决定书并告知复议、诉讼途径";
        let words = Field { hint, ..self.field("decide", "words", "审批意见（理由）", "text") };
        let button = |words, class, value, key| Button { words, class, value, key };
        let buttons = vec![
            button("准予", "btn-primary", "approved", "F8"),
            button("不予许可", "btn-outline-danger", "denied", ""),
        ];
        self.form("decide", "审批", vec![words], buttons)
    }

    fn start_procedure(&self, kinds: &[ProcedureKind]) -> Result<ActForm, AppError> {
        let form = "start-procedure";
        let listed = kinds.iter().filter(|kind| **kind != ProcedureKind::Hearing);
        let choices = listed.map(|kind| (word(*kind), kind.name())).collect();
        let hint = "听证须先定日期、地点和主持人，另行办理";
        let fields = vec![
            Field { choices, hint, ..self.field(form, "procedure", "特别程序", "choice") },
            Field {
                hint: "日，载入告知书", ..self.field(form, "days", "预计所需时间", "number")
            },
            self.field(form, "words", "事由", "text"),
        ];
        self.form(form, "启动特别程序", fields, vec![secondary("启动并告知申请人")])
    }

    fn end_procedure(&self, kind: Option<ProcedureKind>) -> Result<ActForm, AppError> {
        let form = "end-procedure";
        let mut fields = Vec::new();
        if kind == Some(ProcedureKind::Hearing) {
            let choices = vec![("yes".to_owned(), "已举行"), ("no".to_owned(), "未举行，另行通知")];
            fields.push(Field { choices, ..self.field(form, "held", "听证", "choice") });
        }
        let hint = "工号，多人用空格隔开；现场核查须两名以上";
        fields.push(Field { hint, ..self.field(form, "officers", "实施人员", "line") });
        fields.push(self.field(form, "words", "结果", "text"));
        self.form(form, "登记特别程序结果", fields, vec![primary("登记结果，恢复计时", "F8")])
    }

    fn extend(&self) -> Result<ActForm, AppError> {
        let form = "extend";
        let fields = vec![
            Field {
                hint: "个工作日，以法定上限为限", ..self.field(form, "days", "延长天数", "number")
            },
            Field { hint: "理由告知申请人", ..self.field(form, "words", "理由", "text") },
        ];
        self.form(form, "延长办理期限", fields, vec![secondary("批准延期并告知申请人")])
    }
}

fn primary(words: &'static str, key: &'static str) -> Button {
    Button { words, class: "btn-primary", value: "", key }
}

fn secondary(words: &'static str) -> Button {
    Button { words, class: "btn-outline-primary", value: "", key: "" }
}

/// The word of a kind in a form.
fn word(kind: ProcedureKind) -> String {
    let word = serde_json::to_value(kind).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
