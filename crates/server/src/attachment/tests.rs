//! Files: what they are told to be, who may have them, and where they go.

use expect_test::expect;

use crate::testing::check;

#[test]
fn a_file_is_what_its_bytes_say() {
    check(
        r#"
        POST /v1/attachments?name=..%2F..%2Fetc%2Fnotes.txt plain words
        POST /v1/attachments?name=page.html <html><script>alert(1)</script></html>
        POST /v1/attachments?name=pic.svg <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>
        POST /v1/attachments?name=fake.png <script>alert(1)</script>
        POST /v1/attachments?name=empty.txt
        show content-type
        show content-disposition
        show content-security-policy
        GET /v1/attachments/{att_1}
        "#,
        &expect![[r#"
            > POST /v1/attachments?name=..%2F..%2Fetc%2Fnotes.txt plain words
            201 Created
            {"data":{"id":"att_1","url":"/v1/attachments/att_1/content","name":"notes.txt","content_type":"text/plain; charset=utf-8","size":11,"width":null,"height":null}}
            > POST /v1/attachments?name=page.html <html><script>alert(1)</script></html>
            201 Created
            {"data":{"id":"att_2","url":"/v1/attachments/att_2/content","name":"page.html","content_type":"text/plain; charset=utf-8","size":38,"width":null,"height":null}}
            > POST /v1/attachments?name=pic.svg <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>
            201 Created
            {"data":{"id":"att_3","url":"/v1/attachments/att_3/content","name":"pic.svg","content_type":"text/plain; charset=utf-8","size":59,"width":null,"height":null}}
            > POST /v1/attachments?name=fake.png <script>alert(1)</script>
            201 Created
            {"data":{"id":"att_4","url":"/v1/attachments/att_4/content","name":"fake.png","content_type":"text/plain; charset=utf-8","size":25,"width":null,"height":null}}
            > POST /v1/attachments?name=empty.txt
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'body' field must be the bytes of a file.","param":"body","status":422,"request_id":"req_…"}}
            > show content-type
            > show content-disposition
            > show content-security-policy
            > GET /v1/attachments/{att_1}
            200 OK
            content-type: application/json
            {"data":{"id":"att_1","url":"/v1/attachments/att_1/content","name":"notes.txt","content_type":"text/plain; charset=utf-8","size":11,"width":null,"height":null}}
        "#]],
    );
}

#[test]
fn a_file_belongs_to_whoever_sent_it_and_to_one_message() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/attachments?name=a.txt some words
        from here
        as write
        POST /v1/conversations/{conv_1}/messages {"body": "", "attachments": ["{att_1}"]}
        as admin
        POST /v1/conversations/{conv_1}/messages {"body": "", "attachments": ["{att_1}"]}
        POST /v1/conversations/{conv_1}/messages {"body": "", "attachments": ["{att_1}"]}
        DELETE /v1/messages/{msg_1}
        settle
        GET /v1/attachments/{att_1}
        POST /v1/attachments?name=b.txt never used
        tick 25h
        settle
        GET /v1/attachments/{att_2}
        "#,
        &expect![[r#"
            > as write
            > POST /v1/conversations/{conv_1}/messages {"body": "", "attachments": ["{att_1}"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'attachments' field must be files that you uploaded and have not used yet.","param":"attachments","status":422,"request_id":"req_…"}}
            > as admin
            > POST /v1/conversations/{conv_1}/messages {"body": "", "attachments": ["{att_1}"]}
            201 Created
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"","attachments":[{"id":"att_1","url":"/v1/attachments/att_1/content","name":"a.txt","content_type":"text/plain; charset=utf-8","size":10,"width":null,"height":null}],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:04Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/conversations/{conv_1}/messages {"body": "", "attachments": ["{att_1}"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'attachments' field must be files that you uploaded and have not used yet.","param":"attachments","status":422,"request_id":"req_…"}}
            > DELETE /v1/messages/{msg_1}
            204 No Content
            > settle
            > GET /v1/attachments/{att_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such attachment.","status":404,"request_id":"req_…"}}
            > POST /v1/attachments?name=b.txt never used
            201 Created
            {"data":{"id":"att_2","url":"/v1/attachments/att_2/content","name":"b.txt","content_type":"text/plain; charset=utf-8","size":10,"width":null,"height":null}}
            > tick 25h
            > settle
            > GET /v1/attachments/{att_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such attachment.","status":404,"request_id":"req_…"}}
        "#]],
    );
}
