//! What a form asks for: an owner, the dialer, a sequence, tags and lists.

use expect_test::expect;

use super::check_staged;

#[test]
fn a_lead_is_distributed_among_those_who_are_there() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2,"distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true,"add_to_powerdialer":true}
        as admin
        PATCH /v1/operators/{op_1} {"agent_status": "on_break"}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405022","distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true,"add_to_powerdialer":true}
        POST /api/v1/webhook/forms {"phone_number":"8187405023","user_id":2,"distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true,"add_to_powerdialer":true}
        POST /api/v1/webhook/forms {"phone_number":"8187405024","distribute_to_ring_group":true,"ring_group_id":1,"check_available_users_with_fallback":true,"add_to_powerdialer":true}
        as admin
        effects
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2,"distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true,"add_to_powerdialer":true}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as admin
            > PATCH /v1/operators/{op_1} {"agent_status": "on_break"}
            200 OK
            {"data":{"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"on_break","status_changed_at":"2026-01-01T00:00:12Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405022","distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true,"add_to_powerdialer":true}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405023","user_id":2,"distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true,"add_to_powerdialer":true}
            201 Created
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405024","distribute_to_ring_group":true,"ring_group_id":1,"check_available_users_with_fallback":true,"add_to_powerdialer":true}
            201 Created
            {"message":"Contact created.","contact_id":4,"receipt_id":"rcp_4"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner done: chosen by chance among 1 available members of 'Sales'
                power_dialer done: put at the top of the queue of op_1
            rcp_2 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                distribution skipped: none of the 3 members of 'Sales' is available
                power_dialer skipped: nobody was available to call them
            rcp_3 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                distribution skipped: none of the 3 members of 'Sales' is available
                owner done: the form names them
                power_dialer done: put at the top of the queue of op_2
            rcp_4 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner done: chosen by chance among 3 members, of whom none is available, of 'Sales'
                power_dialer done: put at the top of the queue of op_2
        "#]],
    );
}

#[test]
fn an_owner_who_is_not_there_or_not_active_is_not_given() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405025","distribute_to_ring_group":true,"ring_group_id":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405026","user_id":9,"ring_group_id":1,"add_to_powerdialer":true}
        as admin
        PATCH /v1/operators/{op_2} {"is_active": false}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405027","user_id":2}
        as admin
        effects
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405025","distribute_to_ring_group":true,"ring_group_id":1}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405026","user_id":9,"ring_group_id":1,"add_to_powerdialer":true}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > as admin
            > PATCH /v1/operators/{op_2} {"is_active": false}
            200 OK
            {"data":{"id":"op_2","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":"2026-01-01T00:00:13Z","max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405027","user_id":2}
            201 Created
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_3"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner done: chosen by chance among 3 members of 'Sales'
            rcp_2 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner skipped: there is no user 9
                power_dialer skipped: they have no owner, and it is the owner's queue
            rcp_3 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner skipped: Bob is not active
        "#]],
    );
}

#[test]
fn an_owner_changes_only_when_it_is_asked_for() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2,"force_update":true}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":3,"distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true}
        as admin
        effects
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2,"force_update":true}
            200 OK
            {"message":"Contact updated.","contact_id":1,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":3,"distribute_to_ring_group":true,"ring_group_id":1,"check_available_users":true}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_4"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner done: the form names them
            rcp_2 202
                contact done: they are known, and stay as they were
                owner skipped: they have one, and force_update is not set
            rcp_3 200
                contact done: they are known, and stay as they were
                owner done: the form names them
            rcp_4 202
                contact done: they are known, and stay as they were
                owner done: chosen by chance among 1 available members of 'Sales'
        "#]],
    );
}

#[test]
fn a_person_is_in_one_queue_and_one_sequence() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2,"force_update":true,"add_to_powerdialer":true,"sequence_id":2}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":2,"force_update_sequence":true}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":1,"is_dnc":true,"add_to_powerdialer":true}
        as admin
        effects
        log enrolment dialer
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":2,"force_update":true,"add_to_powerdialer":true,"sequence_id":2}
            200 OK
            {"message":"Contact updated.","contact_id":1,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":1}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":2,"force_update_sequence":true}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_4"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":1,"is_dnc":true,"add_to_powerdialer":true}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_5"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner done: the form names them
                power_dialer done: put at the top of the queue of op_1
                sequence done: enrolled in 'Welcome'
            rcp_2 200
                contact done: they are known, and stay as they were
                owner done: the form names them
                power_dialer skipped: they are in the queue of op_1 already
                sequence skipped: they are in 'Welcome', and stay there unless forced
            rcp_3 202
                contact done: they are known, and stay as they were
                sequence skipped: they are in 'Welcome' already
            rcp_4 202
                contact done: they are known, and stay as they were
                sequence done: left 'Welcome' and enrolled in 'Win back'
            rcp_5 202
                contact done: they are known, and stay as they were
                do_not_contact done: the form says so
                power_dialer done: taken out: nobody may contact them
                power_dialer skipped: nobody may contact them
                sequence done: taken out: nobody may contact them
                sequence skipped: nobody may contact them
            > log enrolment dialer
            18 dialer.added con_1 by key_1 {"contact_id":"con_1","operator_id":"op_1","place":"top"}
            19 enrolment.created con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_1"}
            21 enrolment.ended con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_1","reason":"replaced"}
            22 enrolment.created con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_2"}
            24 dialer.removed con_1 by key_1 {"contact_id":"con_1","operator_id":"op_1"}
            25 enrolment.ended con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_2","reason":"do_not_contact"}
        "#]],
    );
}

#[test]
fn tags_lists_line_and_disposition_are_put_on() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","tag_id":[1],"tags":"Web, new one","list_ids":"1","line_id":"1","disposition_status_id":5}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","tags":["new one","third"],"list_ids":[1],"disposition_status_id":14}
        as admin
        effects
        GET /v1/tags
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","tag_id":[1],"tags":"Web, new one","list_ids":"1","line_id":"1","disposition_status_id":5}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","tags":["new one","third"],"list_ids":[1],"disposition_status_id":14}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_2"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                line done: 'Main'
                tags done: stuck on
                disposition done: 'New'
                lists done: put on
            rcp_2 202
                contact done: they are known, and stay as they were
                tags done: stuck on
                disposition skipped: 'Wrong number' is said of calls
            > GET /v1/tags
            200 OK
            {"data":[{"id":"tag_2","number":3,"name":"third","color":null,"created_at":"2026-01-01T00:00:12Z","updated_at":"2026-01-01T00:00:12Z"},{"id":"tag_3","number":2,"name":"new one","color":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z"},{"id":"tag_1","number":1,"name":"web","color":null,"created_at":"2026-01-01T00:00:09Z","updated_at":"2026-01-01T00:00:09Z"}],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn an_address_of_one_and_a_number_of_another_are_suggested_to_be_one() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"By number"}
        as admin
        brief
        POST /v1/contacts {"email":"ada@example.com","name":"By address"}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","email":"Ada@example.com","force_update":true}
        POST /api/v1/webhook/forms {"phone_number":"8187405022","email":"ADA@example.com"}
        POST /api/v1/webhook/forms {"phone_number":"8187405023","other_phone_numbers":["8187405021"]}
        as admin
        effects
        GET /v1/contacts/{con_1}/duplicates
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"By number"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as admin
            > brief
            > POST /v1/contacts {"email":"ada@example.com","name":"By address"}
            201 Created
            {"data":"con_1"}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","email":"Ada@example.com","force_update":true}
            200 OK
            {"message":"Contact updated.","contact_id":1,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405022","email":"ADA@example.com"}
            202 Accepted
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405023","other_phone_numbers":["8187405021"]}
            201 Created
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_4"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
            rcp_2 200
                email skipped: the address is con_1's: it was left out, and a merge is suggested
                contact done: they are known, and stay as they were
            rcp_3 202
                contact done: they are known, and stay as they were
                phone_numbers done: added to theirs
                geography done: blank, and known from the number
            rcp_4 201
                contact done: nobody had the number
                geography done: blank, and known from the number
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[{"contact":{"id":"con_2","email":null,"name":"By number","phone":"+18187405021","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z","number":1,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405021","label":null}],"disposition_id":null,"profile":{"first_name":"By","last_name":"number","timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["seen_together"]}]}
        "#]],
    );
}

#[test]
fn recipients_are_told_of_new_leads() {
    check_staged(
        r#"
        PATCH /v1/settings {"lead_recipients": ["sales@example.com", "boss@example.com"]}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada\r\nBcc: everyone@example.com","lead_source":"Web"}
        POST /api/v1/webhook/forms {"phone_number":"8187405021"}
        settle
        mails
        "#,
        &expect![[r#"
            > PATCH /v1/settings {"lead_recipients": ["sales@example.com", "boss@example.com"]}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":["sales@example.com","boss@example.com"],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada\r\nBcc: everyone@example.com","lead_source":"Web"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_2"}
            > settle
            > mails
            To: sales@example.com
            Subject: New lead: Ada Bcc: everyone@example.com
            Date: Thu, 01 Jan 2026 00:00:12 +0000
            Message-ID: <ntc_1@switchboard>
            Content-Type: text/plain; charset=utf-8

            A new lead came in: Ada Bcc: everyone@example.com

            Phone: +18187405021
            Source: Web
            To: boss@example.com
            Subject: New lead: Ada Bcc: everyone@example.com
            Date: Thu, 01 Jan 2026 00:00:12 +0000
            Message-ID: <ntc_2@switchboard>
            Content-Type: text/plain; charset=utf-8

            A new lead came in: Ada Bcc: everyone@example.com

            Phone: +18187405021
            Source: Web
        "#]],
    );
}

#[test]
fn someone_who_comes_again_may_be_a_new_lead_again() {
    check_staged(
        r#"
        PATCH /v1/settings {"lead_recipients": ["sales@example.com"], "returning_is_new": true}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021"}
        POST /api/v1/webhook/forms {"phone_number":"8187405021"}
        settle
        mails
        "#,
        &expect![[r#"
            > PATCH /v1/settings {"lead_recipients": ["sales@example.com"], "returning_is_new": true}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":["sales@example.com"],"returning_is_new":true,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_2"}
            > settle
            > mails
            To: sales@example.com
            Subject: New lead: someone without a name
            Date: Thu, 01 Jan 2026 00:00:12 +0000
            Message-ID: <ntc_1@switchboard>
            Content-Type: text/plain; charset=utf-8

            A new lead came in: someone without a name

            Phone: +18187405021
            To: sales@example.com
            Subject: New lead: someone without a name
            Date: Thu, 01 Jan 2026 00:00:13 +0000
            Message-ID: <ntc_2@switchboard>
            Content-Type: text/plain; charset=utf-8

            A new lead came in: someone without a name

            Phone: +18187405021
        "#]],
    );
}

#[test]
fn who_is_known_by_the_address_alone_is_not_refused_for_the_number() {
    check_staged(
        r#"
        PATCH /v1/settings {"duplicate_policy": "reject_400"}
        brief
        POST /v1/contacts {"email":"a@example.com","phone":"+18187405021"}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405022","email":"a@example.com"}
        POST /api/v1/webhook/forms {"phone_number":"8187405021"}
        effects
        "#,
        &expect![[r#"
            > PATCH /v1/settings {"duplicate_policy": "reject_400"}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"reject_400","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > brief
            > POST /v1/contacts {"email":"a@example.com","phone":"+18187405021"}
            201 Created
            {"data":"con_1"}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405022","email":"a@example.com"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"phone_number":["The phone number has already been taken."]},"receipt_id":"rcp_2"}
            > effects
            rcp_1 202
                contact done: they are known, and stay as they were
                phone_numbers done: added to theirs
                geography done: blank, and known from the number
            rcp_2 400
                contact skipped: they are known, and the workspace refuses who is known: nothing was changed
        "#]],
    );
}

#[test]
fn who_may_not_be_contacted_leaves_sequences_and_queues() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405022","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
        as admin
        brief
        GET /v1/contacts
        PATCH /v1/contacts/{con_1} {"do_not_contact": true}
        PATCH /v1/contacts/{con_2} {"sms_opted_out": true}
        settle
        log enrolment dialer
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405022","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > as admin
            > brief
            > GET /v1/contacts
            200 OK
            {"data":["con_1","con_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > PATCH /v1/contacts/{con_1} {"do_not_contact": true}
            200 OK
            {"data":"con_1"}
            > PATCH /v1/contacts/{con_2} {"sms_opted_out": true}
            200 OK
            {"data":"con_2"}
            > settle
            > log enrolment dialer
            18 dialer.added con_2 by key_1 {"contact_id":"con_2","operator_id":"op_1","place":"top"}
            19 enrolment.created con_2 by key_1 {"contact_id":"con_2","sequence_id":"seq_1"}
            21 dialer.added con_1 by key_1 {"contact_id":"con_1","operator_id":"op_1","place":"top"}
            22 enrolment.created con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_1"}
            25 enrolment.ended con_1 by system {"contact_id":"con_1","sequence_id":"seq_1","reason":"do_not_contact"}
            26 dialer.removed con_1 by system {"contact_id":"con_1","operator_id":"op_1"}
            27 enrolment.ended con_2 by system {"contact_id":"con_2","sequence_id":"seq_1","reason":"opted_out"}
        "#]],
    );
}
