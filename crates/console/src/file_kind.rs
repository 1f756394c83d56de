//! The kinds of files that may be attached to a ticket, and their names.
//!
//! The first bytes of a file decide its kind, whatever the sender says. The name is the sender's, with
//! an extension that fits the content.

/// A kind of file that is accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FileKind {
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// The extensions of its names, the usual one first.
    extensions: &'static [&'static str],
}

impl FileKind {
    /// The kind of a file; `None` for one that is not accepted.
    pub(crate) fn of(bytes: &[u8]) -> Option<&'static FileKind> {
        let found = infer::get(bytes).map(|kind| kind.mime_type());
        let media_type = match found {
            Some(media_type) => media_type,
            // Only the container of documents older than Word 97 and drafts of WPS is recognised.
            None if bytes.starts_with(COMPOUND_FILE) => "application/x-ole-storage",
            None => return None,
        };
        KINDS.iter().find(|kind| kind.media_type == media_type)
    }

    /// A name for the file: the sender's, or its hash, with an extension that fits.
    pub(crate) fn name(&self, sent: &str, hash: &str) -> String {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        // A direction override would show `fdp.exe` as `exe.pdf`.
        let clean = model::text::clean(last);
        let clean: String =
            clean.chars().filter(|c| !c.is_control() && !FORBIDDEN.contains(c)).collect();
        let clean = clean.trim().trim_start_matches('.');
        let (stem, extension) = clean.rsplit_once('.').unwrap_or((clean, ""));
        let fits = self.extensions.iter().any(|known| known.eq_ignore_ascii_case(extension));
        let (stem, extension) = match (fits, self.extensions) {
            (true, _) => (stem, extension),
            (false, [usual, ..]) => (clean, *usual),
            (false, []) => (clean, "bin"),
        };
        let stem: String = stem.chars().take(NAME_CHARS).collect();
        let stem = if stem.trim().is_empty() { hash } else { stem.trim() };
        format!("{stem}.{extension}")
    }
}

/// The accepted kinds, for the refusal of other files.
pub(crate) const TAKEN: &str = "PDF, OFD, Word, Excel, PowerPoint and WPS documents, pictures (JPEG, \
     PNG, HEIC, WebP, GIF, TIFF, BMP), sound (MP3, M4A, AMR, WAV) and video (MP4, MOV)";

const fn kind(media_type: &'static str, extensions: &'static [&'static str]) -> FileKind {
    FileKind { media_type, extensions }
}

/// The kinds of files that citizens and units send. A browser or a desktop runs none of these.
const KINDS: &[FileKind] = &[
    kind("application/pdf", &["pdf"]),
    kind("image/jpeg", &["jpg", "jpeg"]),
    kind("image/png", &["png"]),
    // Photographs of an iPhone.
    kind("image/heif", &["heic", "heif"]),
    kind("image/webp", &["webp"]),
    kind("image/gif", &["gif"]),
    kind("image/tiff", &["tif", "tiff"]),
    kind("image/bmp", &["bmp"]),
    kind("video/mp4", &["mp4"]),
    kind("video/x-m4v", &["m4v", "mp4"]),
    kind("video/quicktime", &["mov"]),
    kind("audio/mpeg", &["mp3"]),
    kind("audio/m4a", &["m4a"]),
    kind("audio/amr", &["amr"]),
    kind("audio/x-wav", &["wav"]),
    kind("application/msword", &["doc", "wps"]),
    kind("application/vnd.ms-excel", &["xls", "et"]),
    kind("application/vnd.ms-powerpoint", &["ppt", "dps"]),
    kind("application/x-ole-storage", &["doc", "xls", "ppt", "wps", "et", "dps"]),
    kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"]),
    // OFD (GB/T 33190) is a ZIP archive, and so are documents with an unusual first entry.
    kind("application/zip", &["zip", "ofd", "docx", "xlsx", "pptx"]),
];

/// OLE2, the container of Word 97 to 2003.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Characters that file systems refuse in a name or that end a quoted name.
const FORBIDDEN: &[char] = &['"', '*', ':', '<', '>', '?', '|', '\u{202e}', '\u{202d}'];
/// With three bytes a character and an extension it fits into a file system's 255 bytes.
const NAME_CHARS: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    fn media_type(bytes: &[u8]) -> Option<&'static str> {
        FileKind::of(bytes).map(|kind| kind.media_type)
    }

    #[test]
    fn kind_is_decided_by_content() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        for (bytes, wanted) in [
            (&b"%PDF-1.7 ..."[..], Some("application/pdf")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (heic, Some("image/heif")),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"#!AMR\n\x3c\x54\xff\xff\xff\xff", Some("audio/amr")),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old letter", Some("application/x-ole-storage")),
            (b"PK\x03\x04....", Some("application/zip")),
            (b"<html><script>", None),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>", None),
            (b"MZ", None),
            (b"\x7fELF\x02\x01\x01", None),
            ("情况说明".as_bytes(), None),
            (b"", None),
        ] {
            assert_eq!(media_type(bytes), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn name_is_the_senders_with_a_fitting_extension() {
        let pdf = FileKind::of(b"%PDF-1.7").unwrap();
        for (sent, wanted) in [
            ("承诺书.pdf", "承诺书.pdf"),
            ("承诺书.PDF", "承诺书.PDF"),
            ("C:\\文件\\承诺书.pdf", "承诺书.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("a\"b\r\nc.pdf", "abc.pdf"),
            ("退款\u{202e}fdp.scr", "退款fdp.scr.pdf"),
            ("scan.exe", "scan.exe.pdf"),
            (".pdf", "pdf.pdf"),
            ("", "6ca1.pdf"),
        ] {
            assert_eq!(pdf.name(sent, "6ca1"), wanted, "{sent:?}");
        }
        let long = pdf.name(&"长".repeat(300), "6ca1");
        assert!(long.len() < 255 && long.ends_with(".pdf"));
    }
}
