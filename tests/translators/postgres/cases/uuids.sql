-- uuids and bytes
SELECT id FROM pg.v WHERE u = '00000000-0000-0000-0000-00000000000a'
SELECT id, u FROM pg.v ORDER BY u, id
SELECT a.id FROM pg.v a JOIN pg.v b ON a.u = b.u AND a.raw = b.raw
