-- What people answer or put a mark on, found by the network's own id.

create index posts_by_message on posts (connector, message_id) where message_id is not null;
