-- casts that can neither round nor fail, and those that do as DuckDB
SELECT id, n::DOUBLE AS x FROM s.t
SELECT id, i::BIGINT AS x FROM s.t
SELECT id, k::INTEGER AS x FROM s.t
SELECT id, i::VARCHAR AS x FROM s.t
SELECT id, n::VARCHAR AS x FROM s.t
SELECT id, b::VARCHAR AS x FROM s.t
SELECT id, b::INTEGER AS x FROM s.t
SELECT id, b::DOUBLE AS x FROM s.t
SELECT id, n::BOOLEAN AS x FROM s.t
SELECT id, r::BOOLEAN AS x FROM s.t
SELECT id, q::BOOLEAN AS x FROM s.t
SELECT id, p::VARCHAR AS x FROM s.t
SELECT id, q::VARCHAR AS x FROM s.t
SELECT id, h::VARCHAR AS x FROM s.t
SELECT id, q::DOUBLE AS x FROM s.t
SELECT id, p::DECIMAL(14,3) AS x FROM s.t
SELECT id, q::DECIMAL(5,1) AS x FROM s.t
SELECT id, q::INTEGER AS x FROM s.t
SELECT id, p::BIGINT AS x FROM s.t
SELECT id, q::SMALLINT AS x FROM s.t
SELECT id, i::DECIMAL(12,1) AS x FROM s.t
SELECT id, d::TIMESTAMP AS x FROM s.t
SELECT id, d::VARCHAR AS x FROM s.t
SELECT id, m::DATE AS x FROM s.t
SELECT id, m::VARCHAR AS x FROM s.t
SELECT id, s::VARCHAR AS x FROM s.t
SELECT id, CAST(CASE WHEN abs(r) < 1e6 THEN r END AS INTEGER) AS x FROM s.t
SELECT id, CAST(CASE WHEN abs(r) < 1e6 THEN r END AS BIGINT) AS x FROM s.t
-- what DuckDB raises for
SELECT id, n::INTEGER AS x FROM s.t
-- raises
SELECT id, i::SMALLINT AS x FROM s.t
-- raises
SELECT id, p::INTEGER AS x FROM s.t
-- raises
SELECT id, r::BIGINT AS x FROM s.t
-- raises
SELECT id, q::DECIMAL(4,2) AS x FROM s.t
-- raises
-- left
SELECT id, s::INTEGER AS x FROM s.t
-- refused A cast from VARCHAR to INTEGER
SELECT id, s::DATE AS x FROM s.t
-- refused A cast from VARCHAR to DATE
SELECT id, r::VARCHAR AS x FROM s.t
-- refused A cast from DOUBLE to VARCHAR
SELECT id, n::FLOAT AS x FROM s.t
-- refused A cast from BIGINT to FLOAT
SELECT id, TRY_CAST(s AS INTEGER) AS x FROM s.t
-- refused casts whatever it is given
SELECT id, h::DOUBLE AS x FROM s.t
-- refused DECIMAL(18,2) beside a DOUBLE
SELECT id, n::HUGEINT AS x FROM s.t
-- refused A cast from BIGINT to HUGEINT
SELECT id, m::TIMESTAMPTZ AS x FROM s.t
-- refused A cast from TIMESTAMP
