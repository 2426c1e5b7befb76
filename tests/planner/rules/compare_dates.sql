-- A DATE compared with the beginning of a day is compared with that day; beside any other moment it stays a TIMESTAMP.

-- given
SELECT day FROM shop.days WHERE day >= TIMESTAMP '2024-01-01 00:00:00'
-- becomes
SELECT "days"."day" AS "day" FROM "shop"."public"."days" AS "days" WHERE "days"."day" >= CAST('2024-01-01' AS DATE)

-- given
SELECT day FROM shop.days WHERE day = TIMESTAMP '2024-01-01'
-- becomes
SELECT "days"."day" AS "day" FROM "shop"."public"."days" AS "days" WHERE "days"."day" = CAST('2024-01-01' AS DATE)

-- given
SELECT day FROM shop.days WHERE day <> TIMESTAMP '2024-01-01 00:00:00'
-- becomes
SELECT "days"."day" AS "day" FROM "shop"."public"."days" AS "days" WHERE "days"."day" <> CAST('2024-01-01' AS DATE)

-- given
SELECT day FROM shop.days WHERE TIMESTAMP '2024-01-01 00:00:00' > due AND day < TIMESTAMP '2024-01-02 00:00:00'
-- becomes
SELECT "days"."day" AS "day" FROM "shop"."public"."days" AS "days" WHERE CAST('2024-01-01' AS DATE) > "days"."due" AND "days"."day" < CAST('2024-01-02' AS DATE)

-- given
SELECT due FROM shop.days WHERE due BETWEEN TIMESTAMP '1969-12-31 00:00:00' AND TIMESTAMP '2024-01-01 00:00:00'
-- becomes
SELECT "days"."due" AS "due" FROM "shop"."public"."days" AS "days" WHERE "days"."due" BETWEEN CAST('1969-12-31' AS DATE) AND CAST('2024-01-01' AS DATE)

-- given
SELECT d.day, o.id FROM shop.days d LEFT JOIN shop.orders o ON d.day <= TIMESTAMP '2024-01-01 00:00:00' AND o.id = 1
-- becomes
SELECT "d"."day" AS "day", "o"."id" AS "id" FROM "shop"."public"."days" AS "d" LEFT JOIN "shop"."public"."orders" AS "o" ON "d"."day" <= CAST('2024-01-01' AS DATE) AND "o"."id" = 1

-- given
SELECT day FROM shop.days WHERE day >= TIMESTAMP '2023-12-31 12:00:00' AND day < TIMESTAMP '4000-01-01 00:00:01'
-- becomes
unchanged

-- given
SELECT due FROM shop.days WHERE due BETWEEN TIMESTAMP '1969-12-30 00:00:01' AND TIMESTAMP '2024-01-01 00:00:00'
-- becomes
unchanged

-- given
SELECT moment FROM shop.days WHERE moment >= TIMESTAMP '2024-01-01 00:00:00'
-- becomes
unchanged

-- given
SELECT day FROM shop.days WHERE day = due OR moment > TIMESTAMP '2024-01-01 00:00:00'
-- becomes
unchanged

-- given
SELECT day FROM shop.days WHERE TIMESTAMP '2024-01-01 00:00:00' < TIMESTAMP '2024-01-02 00:00:00'
-- becomes
unchanged

-- given
SELECT CAST(placed_at AS DATE) AS d FROM shop.orders WHERE CAST(placed_at AS DATE) >= TIMESTAMP '2024-01-01 00:00:00'
-- becomes
unchanged

-- given
SELECT day FROM shop.days WHERE day >= DATE '2024-01-01'
-- becomes
unchanged

-- given
SELECT day FROM shop.days WHERE moment > TIMESTAMPTZ '2024-01-01 12:30:00+00'
-- becomes
SELECT "days"."day" AS "day" FROM "shop"."public"."days" AS "days" WHERE "days"."moment" > CAST('2024-01-01 12:30:00' AS TIMESTAMP)

-- given
SELECT day FROM shop.days WHERE due >= TIMESTAMPTZ '2024-01-01 00:00:00+00'
-- becomes
SELECT "days"."day" AS "day" FROM "shop"."public"."days" AS "days" WHERE "days"."due" >= CAST('2024-01-01' AS DATE)

-- given
SELECT day FROM shop.days WHERE moment BETWEEN TIMESTAMPTZ '2024-01-01 12:30:00.5+00' AND TIMESTAMP '2024-01-02 00:00:00'
-- becomes
unchanged

-- given
SELECT day FROM shop.days WHERE TIMESTAMPTZ '2024-01-01 00:00:00+00' < TIMESTAMPTZ '2024-01-02 00:00:00+00'
-- becomes
unchanged
