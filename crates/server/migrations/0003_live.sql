-- Live conversation: sites, their visitors, conversations, messages, and who gets them.

-- A website that the widget is on. Its key is public, and looked up before the workspace is known.
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

-- Someone's browser on a site. What they say of themselves is a label until it was proved.
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
    updated_at bigint not null,
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
-- How far an operator has read.
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

-- Who was asked to take a conversation, who was not, and why.
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
-- Whose turn it was last.
create table routing_pointer (
    workspace text not null primary key,
    operator text not null
);

alter table operator add column open_conversations bigint;
alter table contact add column visitors text;
alter table contact add column conversations_count bigint;
