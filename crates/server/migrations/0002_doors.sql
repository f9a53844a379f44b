-- The doors: what leads bring, what becomes of them, and a receipt for each.

-- What is known of a person beside name, address and number; JSON, or null when nothing is.
alter table contact add column profile text;
alter table contact add column line text;
-- Ids of lists, as JSON; null is none.
alter table contact add column lists text;
alter table contact add column do_not_contact_at bigint;
alter table contact add column sms_opted_out_at bigint;

create table contact_list (
    workspace text not null,
    list text not null,
    contact text not null,
    primary key (workspace, list, contact)
) {without_rowid};

-- How many contacts have a tag, kept where it changes: to count a common one is to walk them all.
create table contact_tag_counter (
    workspace text not null,
    tag_folded text not null,
    count bigint not null,
    primary key (workspace, tag_folded)
) {without_rowid};
insert into contact_tag_counter (workspace, tag_folded, count)
    select workspace, tag_folded, count(*) from contact_tag group by workspace, tag_folded;

alter table operator add column deactivated_at bigint;

-- What a workspace decides for itself; absent is what the installation says.
create table setting (
    workspace text not null primary key,
    body text not null,
    updated_at bigint not null
);

-- Who is to be called, by whom, and in which order. A person is in one queue at most.
create table dialer_entry (
    workspace text not null,
    contact text not null,
    operator text not null,
    position bigint not null,
    added_at bigint not null,
    primary key (workspace, contact)
) {without_rowid};
create index dialer_entry_queue on dialer_entry (workspace, operator, position);

-- Who is in which sequence now. A person is in one at most.
create table enrolment (
    workspace text not null,
    contact text not null,
    sequence text not null,
    enrolled_at bigint not null,
    primary key (workspace, contact)
) {without_rowid};
create index enrolment_sequence on enrolment (workspace, sequence, contact);
-- And who was.
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

-- What came to a door, and what was made of it; JSON.
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

-- A conversation of a site's widget, one for each session.
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

-- Addresses that want to be told.
create table subscription (
    workspace text not null,
    id text not null,
    credential text not null,
    event text not null,
    url text not null,
    created_at bigint not null,
    primary key (workspace, id)
);

-- What is to leave the building.
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
    erased_at bigint,
    primary key (workspace, id)
);
create index outbox_erased on outbox (erased_at);
create index outbox_unsent on outbox (sent_at, workspace, id);
create index outbox_about on outbox (workspace, about);
