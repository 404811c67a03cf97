//! What typst may see while it makes one notice: templates, fonts, and three files of this paper. No clock,
//! no network, no folder of the machine.

use crate::fonts::Fonts;
use crate::templates::Templates;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

/// One notice being made.
pub(crate) struct Desk<'a> {
    pub library: &'a LazyHash<Library>,
    pub fonts: &'a Fonts,
    pub templates: &'a Templates,
    /// The template.
    pub main: &'a Source,
    /// Data, seal and QR code.
    pub files: Vec<(FileId, Bytes)>,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = Some(self.main).filter(|main| main.id() == id).or_else(|| self.templates.shared(id));
        source.cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.iter().find(|(known, _)| *known == id);
        file.map(|(_, bytes)| bytes.clone()).ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.all.get(index).cloned()
    }

    /// A notice bears the date of its data, never today's.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}
