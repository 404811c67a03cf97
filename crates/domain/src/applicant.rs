//! 申请人与代理人: who applies, and who acts for whom. Personal data lives in a row of its own.
