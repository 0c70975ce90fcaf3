-- The worked example of the domain's counting rules, period 2026-10, built as raw rows as they might
-- have come about: September first, then October, and "now" is 5 November, when October and November
-- are open and September is locked.

UPDATE commit_now SET at = '2026-09-05T08:00:00Z', actor = 'anja';
INSERT INTO setting VALUES ('live_from', '2026-08');
INSERT INTO customer (id, public_id, name, name_key) VALUES
  (1, 'acme', 'Acme', seat_user_key('Acme')),
  (2, 'beta', 'Beta', seat_user_key('Beta')),
  (3, 'gone', 'Gone', seat_user_key('Gone'));
UPDATE customer SET archived_at = '2026-09-05T08:00:00Z' WHERE public_id = 'gone';

INSERT INTO object (id, kind, public_id, parent) VALUES
  (1, 1, '00000000-0000-4000-8000-000000000001', NULL),
  (2, 1, '00000000-0000-4000-8000-000000000002', NULL),
  (3, 1, '00000000-0000-4000-8000-000000000003', NULL),
  (4, 2, 'nord', NULL),
  (5, 3, 'ng1', 4),
  (6, 3, 'ng2', 4),
  (7, 2, 'sued', NULL),
  (8, 3, 'sg1', 7),
  (9, 5, 'VPX01', NULL),
  (10, 4, 'VPX01/E1', 9);
INSERT INTO feature VALUES (1, 'XDT_PLT_UD'), (2, 'MPS_ADV_CCU');

-- One upload a source: LIC01 in September, then LIC01, LIC02, LIC03 and the site in October.
INSERT INTO upload (id, sha256, received_at, status, file, bytes, way, actor)
SELECT value, printf('%016d%048d', value, 0), '2026-10-15T04:00:00Z', 'accepted', 'upload_' || value || '.zip', 1000 + value,
  'import', 'anja'
FROM json_each('[1, 2, 3, 4, 5]');
INSERT INTO description VALUES (1, 'LIC01'), (2, 'LIC02'), (3, 'LIC03'), (4, 'Nord');
INSERT INTO description_item (description, object, name, host_id, fqdn, version) VALUES
  (1, 1, NULL, 'LIC01', 'lic01.acme.example', '11.17.2.0 build 53100'),
  (2, 2, NULL, 'LIC02', NULL, NULL),
  (3, 3, NULL, 'LIC03', NULL, NULL),
  (4, 4, 'Nord', NULL, NULL, NULL),
  (4, 5, 'NG1', NULL, NULL, NULL),
  (4, 6, 'NG2', NULL, NULL, NULL);
INSERT INTO payload (id, upload, ordinal, entry, format, object, collected_at, rank, skewed, description, partial)
SELECT u.id, u.id, 0, 'report.xml', 'call-home report', p.object, p.at, p.at || ' ' || u.sha256, 0, p.description, 0
FROM upload u JOIN (
  SELECT 1 AS id, 1 AS object, '2026-09-04T03:00:00Z' AS at, 1 AS description
  UNION ALL SELECT 2, 1, '2026-10-15T03:00:01Z', 1
  UNION ALL SELECT 3, 2, '2026-10-15T03:00:02Z', 2
  UNION ALL SELECT 4, 3, '2026-10-15T03:00:03Z', 3
  UNION ALL SELECT 5, 4, '2026-10-15T03:00:04Z', 4) p ON p.id = u.id;

INSERT INTO user (id, key, name, name_payload) VALUES
  (1, 'anna', 'anna', 1), (2, 'ben', 'ben', 3), (3, 'carl', 'carl', 2), (4, 'dora', 'dora', 2),
  (5, 'erik', 'erik', 2), (6, 'fay', 'fay', 4), (7, 'gus', 'gus', 4);
INSERT INTO usage_list (id, period, feature, source) VALUES
  (1, 202609, 1, 1), (2, 202610, 1, 1), (3, 202610, 1, 2), (4, 202610, 1, 3), (5, 202610, 1, 5), (6, 202610, 1, 6);
INSERT INTO usage (list, user, payload) VALUES
  (1, 1, 1),
  (2, 1, 2), (2, 3, 2), (2, 4, 2), (2, 5, 2),
  (3, 1, 3), (3, 2, 3),
  (4, 6, 4), (4, 7, 4),
  (5, 1, 5), (5, 7, 5),
  (6, 4, 5);
-- A feature that is not counted by users: in no figure.
INSERT INTO usage_list (id, period, feature, source) VALUES (7, 202610, 2, 2);
INSERT INTO usage (list, user, payload) VALUES (7, 2, 3);

INSERT INTO assignment (kind, object_id, since, customer_id) VALUES
  ('license-server', '00000000-0000-4000-8000-000000000001', '2026-09', 'acme'),
  ('delivery-group', 'ng1', '2026-09', 'beta');
UPDATE commit_now SET at = '2026-10-20T08:00:00Z';
INSERT INTO assignment (kind, object_id, since, customer_id) VALUES
  ('user', 'Dora', '2026-10', 'beta'),
  ('user', 'erik', '2026-10', NULL);
INSERT INTO free_flag (kind, object_id, since, reason) VALUES
  ('user', 'carl', '2026-10', 'test'),
  ('license-server', '00000000-0000-4000-8000-000000000003', '2026-10', 'administrative');
UPDATE commit_now SET at = '2026-11-05T12:00:00Z', actor = 'sql';
