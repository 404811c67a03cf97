//! 岗位与权限: which post may do what.
