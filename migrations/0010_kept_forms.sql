-- A form that came after its session had ended (登录中断时未提交成功的内容), one per person, until the person has
-- signed in again and sent or dropped it. body: sealed, as it was sent.

CREATE TABLE kept_forms (
    staff BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    path TEXT NOT NULL,
    media TEXT NOT NULL,
    body TEXT NOT NULL
);
