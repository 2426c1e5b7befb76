-- NULL by zero is NULL
-- key lite.c (id)
CREATE TABLE lite.c ("id" INTEGER, "c4" SMALLINT, "c9" INTEGER);
INSERT INTO lite.c VALUES
    (16, NULL, 0);
SELECT t1.c4 % t1.c9 AS o1 FROM lite.c AS t1;
SELECT t1.c4 // t1.c9 AS o1 FROM lite.c AS t1;
