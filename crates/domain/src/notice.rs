//! 文书: which notice a step issues, and its number.
