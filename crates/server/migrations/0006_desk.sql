-- What the desk needs to be told of a conversation, and keeps for those who sit at it.
alter table conversation add column spam_at bigint;
-- When a visitor first had an answer, and those who had one by when.
alter table conversation add column answered_at bigint;
create index conversation_answered on conversation (workspace, answered_at);
create index conversation_closed on conversation (workspace, closed_at);
create index conversation_spam on conversation (workspace, id) where spam_at is not null;
-- The order of an inbox.
create index conversation_active
    on conversation (workspace, status, coalesce(last_message_at, created_at), id);

-- What an operator has typed and not sent.
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

-- Whom a note names.
create table mention (
    workspace text not null,
    operator text not null,
    conversation text not null,
    message text not null,
    created_at bigint not null,
    seen_at bigint,
    primary key (workspace, operator, conversation, message)
);

-- What happened, counted by quarters of an hour; of everything, and of each of several.
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
