-- numbers
SELECT id, i2::SMALLINT AS x FROM pg.edges
SELECT id, i2::INTEGER AS x FROM pg.edges
SELECT id, i2::BIGINT AS x FROM pg.edges
SELECT id, i2::DOUBLE AS x FROM pg.edges
SELECT id, i2::FLOAT AS x FROM pg.edges
SELECT id, i2::BOOLEAN AS x FROM pg.edges
SELECT id, i2::VARCHAR AS x FROM pg.edges
SELECT id, i2::DECIMAL(12,2) AS x FROM pg.edges
SELECT id, i2::DECIMAL(38,10) AS x FROM pg.edges
SELECT id, s::SMALLINT AS x FROM pg.edges
SELECT id, s::INTEGER AS x FROM pg.edges
SELECT id, s::BIGINT AS x FROM pg.edges
SELECT id, s::DOUBLE AS x FROM pg.edges
SELECT id, s::FLOAT AS x FROM pg.edges
SELECT id FROM pg.edges WHERE s::BOOLEAN
SELECT id, s::VARCHAR AS x FROM pg.edges
SELECT id, s::DECIMAL(12,2) AS x FROM pg.edges
SELECT id, s::DECIMAL(38,10) AS x FROM pg.edges
SELECT id, b::SMALLINT AS x FROM pg.edges WHERE id NOT IN (8, 9, 10, 11, 17, 23, 28, 32, 33, 36, 40, 41, 43, 45)
SELECT id, b::SMALLINT AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b::INTEGER AS x FROM pg.edges WHERE id NOT IN (8, 9, 11, 17, 28, 32, 33, 40, 41, 43)
SELECT id, b::INTEGER AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b::BIGINT AS x FROM pg.edges
SELECT id, b::DOUBLE AS x FROM pg.edges
SELECT id, b::FLOAT AS x FROM pg.edges
SELECT id, b::BOOLEAN AS x FROM pg.edges
SELECT id, b::VARCHAR AS x FROM pg.edges
SELECT id, b::DECIMAL(12,2) AS x FROM pg.edges WHERE id NOT IN (8, 9, 11, 17, 28, 32, 33, 40, 41, 43)
SELECT id, b::DECIMAL(12,2) AS x FROM pg.edges WHERE id = 8
-- raises
SELECT id, b::DECIMAL(38,10) AS x FROM pg.edges
SELECT id, n4::SMALLINT AS x FROM pg.edges
SELECT id, n4::INTEGER AS x FROM pg.edges
SELECT id, n4::BIGINT AS x FROM pg.edges
SELECT id, n4::DOUBLE AS x FROM pg.edges
SELECT id, n4::BOOLEAN AS x FROM pg.edges
SELECT id, n4::VARCHAR AS x FROM pg.edges
SELECT id, n4::DECIMAL(12,1) AS x FROM pg.edges
SELECT id, n4::DECIMAL(5,0) AS x FROM pg.edges
SELECT id, n4::DECIMAL(38,4) AS x FROM pg.edges
SELECT id, n12::SMALLINT AS x FROM pg.edges WHERE id NOT IN (3, 7, 8, 12, 16, 18, 19, 20, 21, 26, 31, 34, 36, 37, 39, 42, 44, 45, 48)
SELECT id, n12::SMALLINT AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, n12::INTEGER AS x FROM pg.edges WHERE id NOT IN (3, 8, 19, 20, 21, 31, 37)
SELECT id, n12::INTEGER AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, n12::BIGINT AS x FROM pg.edges
SELECT id, n12::DOUBLE AS x FROM pg.edges
SELECT id, n12::BOOLEAN AS x FROM pg.edges
SELECT id, n12::VARCHAR AS x FROM pg.edges
SELECT id, n12::DECIMAL(12,1) AS x FROM pg.edges
SELECT id, n12::DECIMAL(5,0) AS x FROM pg.edges WHERE id NOT IN (3, 7, 8, 12, 16, 18, 19, 20, 21, 26, 31, 34, 36, 37, 39, 42, 44, 45, 48)
SELECT id, n12::DECIMAL(5,0) AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, n12::DECIMAL(38,4) AS x FROM pg.edges
SELECT id, n38::SMALLINT AS x FROM pg.edges WHERE id NOT IN (1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 18, 20, 22, 23, 25, 26, 27, 29, 33, 40, 41, 42, 43, 45, 47)
SELECT id, n38::SMALLINT AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38::INTEGER AS x FROM pg.edges WHERE id NOT IN (1, 3, 4, 5, 7, 8, 10, 11, 12, 13, 18, 20, 22, 23, 25, 26, 27, 33, 40, 41, 42, 43, 45, 47)
SELECT id, n38::INTEGER AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38::BIGINT AS x FROM pg.edges WHERE id NOT IN (1, 4, 7, 8, 20, 22, 27, 40, 41, 42, 43, 45)
SELECT id, n38::BIGINT AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38::DOUBLE AS x FROM pg.edges
SELECT id, n38::BOOLEAN AS x FROM pg.edges
SELECT id, n38::VARCHAR AS x FROM pg.edges
SELECT id, n38::DECIMAL(12,1) AS x FROM pg.edges WHERE id NOT IN (1, 3, 4, 5, 7, 8, 10, 11, 12, 13, 18, 20, 22, 23, 25, 26, 27, 33, 40, 41, 42, 43, 45)
SELECT id, n38::DECIMAL(12,1) AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38::DECIMAL(5,0) AS x FROM pg.edges WHERE id NOT IN (1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 18, 20, 22, 23, 25, 26, 27, 29, 33, 40, 41, 42, 43, 45, 47)
SELECT id, n38::DECIMAL(5,0) AS x FROM pg.edges WHERE id = 1
-- raises
SELECT id, n38::DECIMAL(38,4) AS x FROM pg.edges
SELECT id, f::SMALLINT AS x FROM pg.edges WHERE id NOT IN (3, 6, 15, 16, 26, 28, 36, 42, 46, 47)
SELECT id, f::SMALLINT AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, f::INTEGER AS x FROM pg.edges WHERE id NOT IN (3, 6, 15, 16, 26, 28, 36, 46, 47)
SELECT id, f::INTEGER AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, f::BIGINT AS x FROM pg.edges WHERE id NOT IN (3, 6, 16, 26, 28, 46, 47)
SELECT id, f::BIGINT AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id FROM pg.edges WHERE f::BOOLEAN
SELECT id, d::SMALLINT AS x FROM pg.edges WHERE id NOT IN (2, 3, 9, 11, 12, 18, 21, 25, 26, 31, 34, 36, 47)
SELECT id, d::SMALLINT AS x FROM pg.edges WHERE id = 2
-- raises
SELECT id, d::INTEGER AS x FROM pg.edges WHERE id NOT IN (3, 9, 11, 18, 21, 26, 31, 34, 36, 47)
SELECT id, d::INTEGER AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id, d::BIGINT AS x FROM pg.edges WHERE id NOT IN (3, 9, 11, 21, 34, 36)
SELECT id, d::BIGINT AS x FROM pg.edges WHERE id = 3
-- raises
SELECT id FROM pg.edges WHERE d::BOOLEAN
SELECT id, f::DOUBLE AS x FROM pg.edges
-- booleans and identifiers
SELECT id, flag::SMALLINT AS x FROM pg.edges
SELECT id, flag::INTEGER AS x FROM pg.edges
SELECT id, flag::BIGINT AS x FROM pg.edges
SELECT id, flag::DOUBLE AS x FROM pg.edges
SELECT id, flag::VARCHAR AS x FROM pg.edges
SELECT id, u::VARCHAR AS x FROM pg.edges
SELECT id, (i > 0)::INTEGER AS x FROM pg.edges
-- moments
SELECT id, day::DATE AS x FROM pg.edges
SELECT id, day::TIMESTAMP AS x FROM pg.edges
SELECT id, day::VARCHAR AS x FROM pg.edges
SELECT id, moment::DATE AS x FROM pg.edges
SELECT id, moment::TIMESTAMP AS x FROM pg.edges
SELECT id, moment::VARCHAR AS x FROM pg.edges
SELECT id, zoned::DATE AS x FROM pg.edges
SELECT id, zoned::TIMESTAMP AS x FROM pg.edges
SELECT id, zoned::VARCHAR AS x FROM pg.edges
SELECT id, day::TIMESTAMPTZ AS x FROM pg.edges
SELECT id, moment::TIMESTAMPTZ AS x FROM pg.edges
SELECT id, moment::TIME AS x FROM pg.edges
SELECT id, clock::VARCHAR AS x FROM pg.edges
SELECT id, '2020-02-29'::DATE = day AS x FROM pg.edges
SELECT id FROM pg.edges WHERE moment > '2000-01-01 10:00:00'::TIMESTAMP
