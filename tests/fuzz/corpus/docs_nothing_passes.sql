-- no document passes the first condition: the second ends no query
-- key docs.b (id)
CREATE TABLE docs.b ("id" BIGINT, "c4" VARCHAR, "x_1" DECIMAL(12,2));
INSERT INTO docs.b VALUES
    (1, 'a', 9999999999.99);
SELECT t3.id AS o0 FROM docs.b AS t3 WHERE CASE WHEN TRUE THEN t3.c4 END NOT IN ('', '10', NULL) AND ((t3.x_1 * t3.x_1) IS DISTINCT FROM t3.x_1 OR t3.id < 0);
