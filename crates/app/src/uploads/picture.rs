//! 图片: drawn anew from its points alone, upright, in its own format.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Points of a side, at most.
const SIDE: u32 = 12_000;
/// Bytes a picture may take while it is drawn.
const ROOM: u64 = 256 << 20;
/// Quality of a JPEG drawn anew, percent: small print stays legible.
const QUALITY: u8 = 88;

/// The same picture without anything beside it; `None`: it cannot be read.
pub fn anew(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let format = reader.format()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE), Some(SIDE));
    limits.max_alloc = Some(ROOM);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let upright = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(upright);
    let mut drawn = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            let picture = DynamicImage::ImageRgb8(picture.into_rgb8());
            picture.write_with_encoder(JpegEncoder::new_with_quality(&mut drawn, QUALITY)).ok()?;
        }
        ImageFormat::Png => picture.write_with_encoder(PngEncoder::new(&mut drawn)).ok()?,
        _ => return None,
    }
    Some(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_points_comes_along() {
        let mut jpeg = Vec::new();
        let picture = DynamicImage::new_rgb8(8, 4);
        picture.write_with_encoder(JpegEncoder::new(&mut jpeg)).unwrap();
        // An application segment behind the start, as a camera writes it, and bytes behind the end.
        let mut tagged = jpeg[..2].to_vec();
        tagged.extend(b"\xff\xe1\x00\x0fExif\0\0GPS-HERE"[..17].iter());
        tagged.extend(&jpeg[2..]);
        tagged.extend(b"<script>hidden</script>");
        let drawn = anew(&tagged).expect("a picture");
        let holds = |what: &[u8]| drawn.windows(what.len()).any(|part| part == what);
        assert!(!holds(b"Exif") && !holds(b"GPS") && !holds(b"<script>"));
        assert_eq!(image::load_from_memory(&drawn).unwrap().width(), 8);
        assert!(anew(b"\xff\xd8\xff no picture").is_none() && anew(b"").is_none());
    }
}
