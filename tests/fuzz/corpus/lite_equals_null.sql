-- no row is there to be checked
-- key lite.e (id)
CREATE TABLE lite.e ("id" INTEGER, "c1" BOOLEAN);
SELECT t1.c1 AS o3 FROM lite.e AS t1 WHERE t1.id = NULL;
SELECT t1.c1 AS o3 FROM lite.e AS t1 WHERE t1.id IN (NULL);
SELECT t1.c1 AS o3 FROM lite.e AS t1 WHERE t1.id IN (5, NULL);
