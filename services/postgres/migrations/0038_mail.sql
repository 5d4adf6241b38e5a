-- +goose Up

-- What waits to be mailed waits once, however often its cause comes again.
CREATE UNIQUE INDEX notifications_once ON notifications (user_id, kind, next, subject_id)
    WHERE mailed_at IS NULL;
