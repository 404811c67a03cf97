//! 材料 of the page of a case: what this situation asks for, how it came, and the files of it.

use crate::web::intake::{Shown, kept_file};
use yichuang_app::desk::CasePage;
use yichuang_app::workbench::CaseFile;
use yichuang_domain::material::MaterialRequirement;

/// 材料的一行.
pub struct MaterialView {
    pub name: String,
    pub way: &'static str,
    pub tone: &'static str,
    pub files: Vec<Shown>,
}

/// The materials of a case, with its files.
pub fn materials(page: &CasePage, files: &[CaseFile]) -> Vec<MaterialView> {
    let case = &page.case;
    let at = format!("/cases/{}/files", case.case_no);
    let view = |material: &MaterialRequirement| {
        let held = case.materials.get(&material.id).map(|held| (held.way.name(), "g"));
        let (way, tone) = held.unwrap_or(("未收", "a"));
        let own = files.iter().filter(|file| file.material == material.id).enumerate();
        let files = own.map(|(nth, file)| kept_file(nth, &at, file)).collect();
        MaterialView { name: material.name.clone(), way, tone, files }
    };
    page.version.item.required_materials(&case.situations).map(view).collect()
}
