-- What decides who may do what, and now who took contacts out as a file.
drop index event_audit;
create index event_audit on event (workspace, seq)
    where kind in ('key.created', 'key.revoked', 'operator.created', 'operator.updated', 'login.created',
        'login.ended', 'login.refused', 'account.updated', 'invitation.created', 'invitation.accepted',
        'app.created', 'app.updated', 'app.deleted', 'grant.created', 'grant.revoked', 'webhook.created',
        'webhook.updated', 'webhook.deleted', 'settings.updated', 'site.updated', 'contact.deleted',
        'contact.exported');
