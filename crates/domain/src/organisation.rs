//! 政务服务场所、窗口、部门: sites, windows, agencies, posts, authorizations (ORG-1..5).
