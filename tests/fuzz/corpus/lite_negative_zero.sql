-- SQLite keeps 0.0 for -0.0, and so must the oracle that it is compared with
-- key lite.b (id)
CREATE TABLE lite.b ("id" INTEGER, "c4" DOUBLE, "c5" DATE);
INSERT INTO lite.b VALUES
    (19, -0.0::DOUBLE, NULL);
SELECT CAST(t1.c4 AS TEXT) AS o0, t1.c5 AS o1, t1.c4 AS o2 FROM lite.b AS t1 ORDER BY 1 DESC, 3 DESC, 2 DESC;
