-- a slice of a slice, and a key that is computed to a constant
-- key pg.a (id)
CREATE TABLE pg.a ("id" BIGINT, "c3" INTEGER[]);
INSERT INTO pg.a VALUES
    (11, [5, 0, -1]);
SELECT t1.id AS o0, t1."c3"[1:3][2:3] AS o1 FROM pg.a AS t1;
SELECT 0.0000 * 0.1100 AS o0 FROM pg.a AS t1 ORDER BY 1;
