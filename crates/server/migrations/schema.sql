-- The newest schema: what all migrations together make. Written by 'cargo run -p xtask -- codegen'.
-- A test runs the history and this text on both engines and compares.

create table installation (
    name text not null primary key,
    value text not null
);

create table workspace (
    workspace text not null primary key,
    slug text not null unique,
    name text not null,
    created_at bigint not null
);

create table operator (
    workspace text not null,
    id text not null,
    number bigint not null,
    email text not null,
    email_folded text not null,
    name text not null,
    avatar_url text,
    role text not null,
    agent_status bigint not null,
    status_changed_at bigint,
    max_concurrent bigint not null,
    created_at bigint not null, deactivated_at bigint, open_conversations bigint, own_only_at bigint,
    primary key (workspace, id),
    unique (workspace, number),
    unique (workspace, email_folded)
);

create table credential (
    workspace text not null,
    id text not null,
    kind text not null,
    level text not null,
    plan text not null,
    operator text,
    name text not null,
    hash text not null,
    hint text not null,
    created_at bigint not null,
    last_used_at bigint,
    last_used_from text,
    revoked_at bigint,
    primary key (workspace, id)
);

create index credential_hash on credential (hash);

create table event_counter (
    workspace text not null primary key,
    seq bigint not null
);

create table event (
    workspace text not null,
    seq bigint not null,
    id text not null,
    kind text not null,
    subject text not null,
    actor text not null,
    cause text not null,
    at bigint not null,
    payload text not null,
    primary key (workspace, seq)
) {without_rowid};

create index event_subject on event (workspace, subject, seq);

create table reader_cursor (
    workspace text not null,
    reader text not null,
    seq bigint not null,
    primary key (workspace, reader)
) {without_rowid};

create table job (
    workspace text not null,
    id text not null,
    kind text not null,
    key text not null,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null,
    last_error text,
    created_at bigint not null,
    primary key (workspace, id),
    unique (workspace, kind, key)
);

create index job_due on job (run_at);

create table idempotency (
    workspace text not null,
    credential text not null,
    key text not null,
    request_hash text not null,
    status bigint not null,
    body text not null,
    subject text not null,
    created_at bigint not null,
    primary key (workspace, credential, key)
);

create index idempotency_created on idempotency (workspace, created_at);

create index idempotency_subject on idempotency (workspace, subject);

create table rate_lease (
    workspace text not null,
    credential text not null,
    minute bigint not null,
    taken bigint not null,
    primary key (workspace, credential)
) {without_rowid};

create table record (
    workspace text not null,
    kind text not null,
    id text not null,
    number bigint not null,
    name text not null,
    name_folded text not null,
    details text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, kind, id),
    unique (workspace, kind, number),
    unique (workspace, kind, name_folded)
);

create table record_counter (
    workspace text not null,
    kind text not null,
    last_number bigint not null,
    count bigint not null,
    primary key (workspace, kind)
) {without_rowid};

create table contact (
    workspace text not null,
    id text not null,
    number bigint not null,
    email text,
    email_folded text,
    name text,
    name_folded text,
    phone text,
    phone_valid bigint,
    company text,
    company_folded text,
    avatar_url text,
    custom_attributes text not null,
    tags text not null,
    emails text not null,
    phones text not null,
    owner text,
    disposition text,
    source text not null,
    last_seen_at bigint,
    created_at bigint not null,
    updated_at bigint not null, profile text, line text, lists text, do_not_contact_at bigint, sms_opted_out_at bigint, visitors text, conversations_count bigint,
    primary key (workspace, id),
    unique (workspace, number)
) {without_rowid};

create index contact_updated on contact (workspace, updated_at);

create table contact_counter (
    workspace text not null primary key,
    last_number bigint not null,
    count bigint not null
) {without_rowid};

create table contact_email (
    workspace text not null,
    email_folded text not null,
    contact text not null,
    primary key (workspace, email_folded)
) {without_rowid};

create table contact_phone (
    workspace text not null,
    phone text not null,
    contact text not null,
    primary key (workspace, phone)
) {without_rowid};

create table contact_tag (
    workspace text not null,
    tag_folded text not null,
    contact text not null,
    primary key (workspace, tag_folded, contact)
) {without_rowid};

create table contact_attribute (
    workspace text not null,
    name text not null,
    value text not null,
    contact text not null,
    primary key (workspace, name, value, contact)
) {without_rowid};

create index contact_attribute_contact on contact_attribute (workspace, contact, name, value);

create table contact_redirect (
    workspace text not null,
    old text not null,
    contact text not null,
    primary key (workspace, old)
) {without_rowid};

create index contact_redirect_target on contact_redirect (workspace, contact);

create table contact_suggestion (
    workspace text not null,
    contact text not null,
    other text not null,
    reason text not null,
    created_at bigint not null,
    primary key (workspace, contact, other)
) {without_rowid};

create table contact_list (
    workspace text not null,
    list text not null,
    contact text not null,
    primary key (workspace, list, contact)
) {without_rowid};

create table contact_tag_counter (
    workspace text not null,
    tag_folded text not null,
    count bigint not null,
    primary key (workspace, tag_folded)
) {without_rowid};

create table setting (
    workspace text not null primary key,
    body text not null,
    updated_at bigint not null
);

create table dialer_entry (
    workspace text not null,
    contact text not null,
    operator text not null,
    position bigint not null,
    added_at bigint not null,
    primary key (workspace, contact)
) {without_rowid};

create index dialer_entry_queue on dialer_entry (workspace, operator, position);

create table enrolment (
    workspace text not null,
    contact text not null,
    sequence text not null,
    enrolled_at bigint not null,
    primary key (workspace, contact)
) {without_rowid};

create index enrolment_sequence on enrolment (workspace, sequence, contact);

create table enrolment_past (
    workspace text not null,
    id text not null,
    contact text not null,
    sequence text not null,
    enrolled_at bigint not null,
    ended_at bigint not null,
    reason text not null,
    primary key (workspace, id)
);

create index enrolment_past_contact on enrolment_past (workspace, contact);

create table intake_receipt (
    workspace text not null,
    id text not null,
    door text not null,
    status bigint not null,
    contact text,
    lead text,
    body text not null,
    created_at bigint not null,
    primary key (workspace, id)
);

create index intake_receipt_contact on intake_receipt (workspace, contact, id);

create index intake_receipt_lead on intake_receipt (workspace, lead, id);

create table lead (
    workspace text not null,
    id text not null,
    session_id text not null,
    token_hash text not null,
    source text not null,
    name text,
    email text,
    business text,
    phone text,
    page_url text,
    message_count bigint not null,
    hot_at bigint,
    contact text,
    -- Whether this session made that contact, and who linked it: the owner of its token or a stranger.
    contact_made_at bigint,
    linked_by text,
    -- When the recipients of new leads were told.
    told_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    messages text not null,
    primary key (workspace, id),
    unique (workspace, session_id)
);

create index lead_hot on lead (workspace, hot_at, id);

create index lead_contact on lead (workspace, contact);

create table lead_note (
    workspace text not null,
    id text not null,
    lead text not null,
    note text not null,
    created_at bigint not null,
    primary key (workspace, id)
);

create index lead_note_lead on lead_note (workspace, lead, id);

create table outbox (
    workspace text not null,
    id text not null,
    recipient text not null,
    subject text not null,
    body text not null,
    about text not null,
    created_at bigint not null,
    sent_at bigint,
    -- Until when a node is at it, and the others leave it alone.
    leased_until bigint,
    -- When its file is to go, and the row after it.
    erased_at bigint, problem text,
    primary key (workspace, id)
);

create index outbox_erased on outbox (erased_at);

create index outbox_unsent on outbox (sent_at, workspace, id);

create index outbox_about on outbox (workspace, about);

create table site (
    workspace text not null,
    id text not null,
    key text not null,
    name text not null,
    -- How it looks and behaves; JSON.
    body text not null,
    -- What signs the identity of visitors, newest first; JSON of sealed texts, null is none.
    secrets text,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    primary key (workspace, id)
);

create index site_key on site (key);

create table visitor (
    workspace text not null,
    id text not null,
    site text,
    -- Null: nobody can speak as them any more, or they came by the API.
    token_hash text,
    name text,
    email text,
    phone text,
    contact text,
    -- Whom a signed identity named, and when.
    external_id text,
    verified_at bigint,
    attributes text,
    -- Where they came from: the first time, and the last time that was not direct; JSON.
    first_source text,
    last_source text,
    page text,
    country text,
    region text,
    city text,
    timezone text,
    language text,
    browser text,
    os text,
    device text not null,
    ip text,
    ip_at bigint,
    session text,
    sessions_count bigint not null,
    pageviews_count bigint not null,
    conversations_count bigint not null,
    last_seen_at bigint not null,
    -- They are there until then, unless they are heard of again.
    online_until bigint not null,
    created_at bigint not null,
    primary key (workspace, id)
);

create index visitor_token on visitor (workspace, token_hash);

create index visitor_contact on visitor (workspace, contact, id);

create index visitor_external on visitor (workspace, site, external_id);

create index visitor_online on visitor (workspace, online_until, id);

create index visitor_country on visitor (workspace, country, id);

create index visitor_ip_at on visitor (workspace, ip_at);

create table visitor_counter (
    workspace text not null primary key,
    count bigint not null
);

create table visit (
    workspace text not null,
    id text not null,
    visitor text not null,
    started_at bigint not null,
    last_at bigint not null,
    entry_url text not null,
    exit_url text not null,
    referrer text,
    utm text,
    pageviews_count bigint not null,
    country text,
    browser text,
    os text,
    device text not null,
    primary key (workspace, id)
);

create index visit_visitor on visit (workspace, visitor, id);

create table pageview (
    workspace text not null,
    id text not null,
    visitor text not null,
    visit text not null,
    url text not null,
    title text,
    referrer text,
    viewed_at bigint not null,
    seconds bigint,
    primary key (workspace, id)
);

create index pageview_visitor on pageview (workspace, visitor, id);

create index pageview_visit on pageview (workspace, visit, id);

create table conversation (
    workspace text not null,
    id text not null,
    site text,
    visitor text not null,
    -- What the visitor is called, as it is shown.
    visitor_name text,
    visitor_email text,
    contact text,
    channel text not null,
    status text not null,
    assigned_to text,
    assigned_at bigint,
    -- Since when it waits for an operator; null when it has one, or needs none.
    queued_at bigint,
    subject text,
    page_url text,
    priority text not null,
    tags text,
    -- Until when it is out of the way; null when it is not.
    snoozed_until bigint,
    -- The number of the newest message, which is how many there are. Notes have none.
    last_number bigint not null,
    -- How many the visitor wrote, and how many of them somebody of the team has seen.
    visitor_count bigint not null,
    seen_count bigint not null,
    last_message_at bigint,
    -- Who had the last word: visitor, operator or bot.
    last_author text,
    rating_score bigint,
    rating_comment text,
    rated_at bigint,
    chatbot text,
    closed_at bigint,
    closed_by text,
    -- The one that this one follows, and the one that it became part of.
    previous text,
    merged_into text,
    created_at bigint not null,
    updated_at bigint not null, spam_at bigint, answered_at bigint,
    primary key (workspace, id)
);

create index conversation_status on conversation (workspace, status, id);

create index conversation_assigned on conversation (workspace, assigned_to, status, id);

create index conversation_visitor on conversation (workspace, visitor, id);

create index conversation_contact on conversation (workspace, contact, id);

create index conversation_queue on conversation (workspace, queued_at, id);

create index conversation_merged on conversation (workspace, merged_into);

create table conversation_counter (
    workspace text not null,
    status text not null,
    count bigint not null,
    primary key (workspace, status)
) {without_rowid};

create table conversation_tag (
    workspace text not null,
    tag_folded text not null,
    conversation text not null,
    primary key (workspace, tag_folded, conversation)
) {without_rowid};

create table conversation_read (
    workspace text not null,
    conversation text not null,
    operator text not null,
    number bigint not null,
    visitor_count bigint not null,
    read_at bigint not null,
    primary key (workspace, conversation, operator)
) {without_rowid};

create table message (
    workspace text not null,
    id text not null,
    conversation text not null,
    -- Its place in the conversation: from 1, without a gap. A note has none: its place is nobody's but
    -- the team's to know.
    number bigint,
    -- Its place among all messages, and in the search.
    document bigint not null,
    type text not null,
    body text not null,
    operator text,
    operator_name text,
    chatbot text,
    -- Who sent it, and what they call it: the same twice is one message.
    sender text not null,
    client_id text,
    attachments text,
    -- What a system message tells; JSON.
    event text,
    channel_status text,
    delivered_at bigint,
    read_at bigint,
    edited_at bigint,
    deleted_at bigint,
    -- Where it was before its conversation was merged.
    merged_from text,
    merged_number bigint,
    created_at bigint not null,
    primary key (workspace, id),
    unique (workspace, conversation, number),
    unique (workspace, sender, client_id)
);

create index message_document on message (workspace, document);

create index message_conversation on message (workspace, conversation, document);

create index message_merged on message (workspace, merged_from);

create table message_counter (
    workspace text not null primary key,
    document bigint not null
);

create table message_edit (
    workspace text not null,
    message text not null,
    edited_at bigint not null,
    body text not null,
    primary key (workspace, message, edited_at)
) {without_rowid};

create table attachment (
    workspace text not null,
    id text not null,
    name text not null,
    content_type text not null,
    shown text not null,
    size bigint not null,
    width bigint,
    height bigint,
    -- Who sent it; it may be attached by nobody else.
    uploader text not null,
    conversation text,
    message text,
    created_at bigint not null,
    -- The file goes first, and then the row.
    deleted_at bigint,
    primary key (workspace, id)
);

create index attachment_message on attachment (workspace, message);

create index attachment_conversation on attachment (workspace, conversation);

create index attachment_deleted on attachment (deleted_at);

create index attachment_uploader on attachment (workspace, uploader, created_at);

create table assignment (
    workspace text not null,
    id text not null,
    conversation text not null,
    operator text,
    previous text,
    strategy text not null,
    reason text not null,
    candidates text not null,
    excluded text not null,
    assigned_by text not null,
    created_at bigint not null,
    primary key (workspace, id)
);

create index assignment_conversation on assignment (workspace, conversation, id);

create table routing_pointer (
    workspace text not null primary key,
    operator text not null
);

create table webhook (
    workspace text not null,
    id text not null,
    -- platform, aloware or hook: whose form its requests have.
    shape text not null,
    url text not null,
    -- JSON lists and objects.
    events text not null,
    settings text not null,
    description text,
    -- Sealed. A hook has none.
    secret text,
    -- Signs beside the new one for a while.
    previous_secret text,
    previous_until bigint,
    -- Sealed: what it takes to be let in there.
    auth text,
    ordered_at bigint,
    disabled_at bigint,
    disabled_reason text,
    -- Since when nothing arrived, and when something was given up last.
    failing_since bigint,
    failed_at bigint,
    last_delivery_at bigint,
    last_delivery_status text,
    -- It is told of what comes after this entry of the log.
    since bigint not null,
    made_by text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, id)
);

create table delivery (
    workspace text not null,
    id text not null,
    webhook text not null,
    -- The entry of the log that it tells of.
    seq bigint not null,
    event_id text not null,
    event text not null,
    subject text not null,
    -- What is sent; null for what the log says.
    body text,
    status text not null,
    -- JSON, one for each try.
    attempts text not null,
    attempts_count bigint not null,
    -- When it leaves; null once it is over, or while it waits for another.
    next_at bigint,
    -- The subject, until it is over, where those about one subject wait for each other.
    held text,
    created_at bigint not null,
    primary key (workspace, id)
);

create index delivery_first on delivery (workspace, webhook, next_at, id)
    where next_at is not null and attempts_count = 0;

create index delivery_again on delivery (workspace, webhook, next_at, id)
    where next_at is not null and attempts_count > 0;

create index delivery_held on delivery (workspace, webhook, held, seq) where held is not null;

create index delivery_webhook on delivery (workspace, webhook, id);

create table node (
    id text not null primary key,
    seen_at bigint not null
);

create table account (
    id text not null primary key,
    -- Names them to authenticators, and tells those nothing.
    handle text not null,
    email text not null,
    email_folded text not null,
    -- Null until they chose one.
    password text,
    -- Sealed. It counts once it was confirmed.
    totp text,
    totp_at bigint,
    -- The last time step whose code was used.
    totp_step bigint not null,
    -- Logins and grants of an earlier one hold no more.
    epoch bigint not null,
    created_at bigint not null
);

create unique index account_email on account (email_folded);

create unique index account_handle on account (handle);

create table membership (
    workspace text not null,
    operator text not null,
    account text not null,
    created_at bigint not null,
    primary key (workspace, operator)
);

create unique index membership_account on membership (account, workspace);

create table recovery_code (
    account text not null,
    hash text not null,
    used_at bigint,
    primary key (account, hash)
);

create table passkey (
    id text not null primary key,
    account text not null,
    -- What the authenticator calls it.
    credential text not null,
    name text not null,
    -- JSON.
    key text not null,
    created_at bigint not null,
    last_used_at bigint
);

create unique index passkey_credential on passkey (credential);

create index passkey_account on passkey (account, id);

create table login (
    workspace text not null,
    id text not null,
    hash text not null,
    account text not null,
    operator text not null,
    epoch bigint not null,
    -- How they proved who they are, and when they last did.
    method text not null,
    proved_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null,
    address text not null,
    agent text not null,
    created_at bigint not null,
    primary key (workspace, id)
);

create unique index login_hash on login (hash);

create index login_account on login (account, id);

create table voucher (
    hash text not null primary key,
    purpose text not null,
    workspace text not null,
    operator text,
    account text,
    -- Sealed, or null.
    data text,
    created_at bigint not null,
    ends_at bigint not null
);

create index voucher_ends on voucher (ends_at);

create table guess (
    name text not null primary key,
    count bigint not null,
    since bigint not null
);

create index guess_since on guess (since);

create table app (
    workspace text not null,
    -- What OAuth calls its client_id.
    id text not null,
    name text not null,
    homepage text,
    -- A JSON list.
    redirect_uris text not null,
    scopes text not null,
    -- Null for an app that can keep no secret.
    secret_hash text,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (workspace, id)
);

create unique index app_id on app (id);

create table app_grant (
    workspace text not null,
    id text not null,
    app text not null,
    app_name text not null,
    operator text not null,
    account text not null,
    epoch bigint not null,
    scopes text not null,
    created_at bigint not null,
    ends_at bigint not null,
    revoked_at bigint,
    primary key (workspace, id)
);

create index app_grant_operator on app_grant (workspace, operator, id);

create index app_grant_app on app_grant (app, workspace, id);

create table app_token (
    workspace text not null,
    hash text not null,
    -- code, access or refresh.
    kind text not null,
    grant_id text not null,
    scopes text not null,
    -- Of a code: what the token request must repeat.
    redirect_uri text,
    challenge text,
    created_at bigint not null,
    ends_at bigint not null,
    used_at bigint,
    primary key (workspace, hash)
);

create unique index app_token_hash on app_token (hash);

create index app_token_grant on app_token (workspace, grant_id);

create index app_token_ends on app_token (workspace, ends_at);

create index conversation_answered on conversation (workspace, answered_at);

create index conversation_closed on conversation (workspace, closed_at);

create index conversation_spam on conversation (workspace, id) where spam_at is not null;

create index conversation_active
    on conversation (workspace, status, coalesce(last_message_at, created_at), id);

create table draft (
    workspace text not null,
    operator text not null,
    conversation text not null,
    -- reply or note.
    mode text not null,
    body text not null,
    -- Counts its changes, so that two devices do not overwrite each other unawares.
    version bigint not null,
    updated_at bigint not null,
    primary key (workspace, operator, conversation, mode)
);

create index draft_conversation on draft (workspace, conversation);

create table mention (
    workspace text not null,
    operator text not null,
    conversation text not null,
    message text not null,
    created_at bigint not null,
    seen_at bigint,
    primary key (workspace, operator, conversation, message)
);

create table rollup (
    workspace text not null,
    measure text not null,
    -- Empty for everything.
    dimension text not null,
    quarter bigint not null,
    count bigint not null,
    sum bigint not null,
    primary key (workspace, measure, dimension, quarter)
);

create table site_seen (
    workspace text not null,
    site text not null,
    origin text not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    primary key (workspace, site, origin)
);

create table first_run (
    workspace text not null primary key,
    -- done or skipped, by screen; JSON.
    steps text not null,
    begun_at bigint not null,
    ended_at bigint,
    -- When what an empty inbox says of the next steps was put away.
    hidden_at bigint
);

create table request (
    workspace text not null,
    id text not null,
    at bigint not null,
    -- The id of the key, of the grant, or of the login.
    asker text not null,
    method text not null,
    path text not null,
    status bigint not null,
    took_us bigint not null,
    code text,
    primary key (workspace, id)
);

create index request_asker on request (workspace, asker, id);

create index voucher_operator on voucher (workspace, purpose, operator);

create index event_audit on event (workspace, seq)
    where kind in ('key.created', 'key.revoked', 'operator.created', 'operator.updated', 'login.created',
        'login.ended', 'login.refused', 'account.updated', 'invitation.created', 'invitation.accepted',
        'app.created', 'app.updated', 'app.deleted', 'grant.created', 'grant.revoked', 'webhook.created',
        'webhook.updated', 'webhook.deleted', 'settings.updated', 'site.updated', 'contact.deleted',
        'contact.exported');
