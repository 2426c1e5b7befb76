-- lists
SELECT id, len(li) AS x FROM pg.edges
SELECT id, length(lt) AS x FROM pg.edges
SELECT id, array_length(li) AS x FROM pg.edges
SELECT id, li[1] AS x FROM pg.edges
SELECT id, li[3] AS x FROM pg.edges
SELECT id, lt[2] AS x FROM pg.edges
SELECT id, ld[1] AS x FROM pg.edges
SELECT id, li[99] AS x FROM pg.edges
SELECT id, list_extract(li, 1) AS x FROM pg.edges
SELECT id, list_extract(lt, 2) AS x FROM pg.edges
SELECT id, array_extract(li, 2) AS x FROM pg.edges
SELECT id, list_element(ld, 3) AS x FROM pg.edges
SELECT id, li[1:2] AS x FROM pg.edges
SELECT id, li[2:] AS x FROM pg.edges
SELECT id, li[:1] AS x FROM pg.edges
SELECT id, lt[2:3] AS x FROM pg.edges
SELECT id, li[1:3][2:3] AS x FROM pg.edges
SELECT id, lt[2:3][1] AS x FROM pg.edges
SELECT id, len(li[2:]) AS x FROM pg.edges
SELECT id, list_max(li[1:2]) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE list_contains(li, 1)
SELECT id FROM pg.edges WHERE list_contains(li, i2)
SELECT id FROM pg.edges WHERE list_contains(lt, 'a')
SELECT id, list_contains(lt, '') AS x FROM pg.edges
SELECT id FROM pg.edges WHERE list_contains(lt, sub)
SELECT id FROM pg.edges WHERE array_contains(li, 0)
SELECT id, list_has(lt, 'é') AS x FROM pg.edges
SELECT id, list_position(li, 1) AS x FROM pg.edges
SELECT id, list_position(li, i2) AS x FROM pg.edges
SELECT id, array_position(lt, 'b') AS x FROM pg.edges
SELECT id, list_indexof(li, 99) AS x FROM pg.edges
SELECT id FROM pg.edges WHERE list_has_any(li, li2)
SELECT id, li && li2 AS x FROM pg.edges
SELECT id, list_min(li) AS x FROM pg.edges
SELECT id, list_max(li) AS x FROM pg.edges
SELECT id, list_sum(li) AS x FROM pg.edges
SELECT id, len(li) > 2 AS x FROM pg.edges
SELECT id, li[1] + li[2] AS x FROM pg.edges
SELECT id, lt[1] || lt[2] AS x FROM pg.edges
SELECT id, lt[1] = 'a' AS x FROM pg.edges
SELECT id, lt[1] > 'b' AS x FROM pg.edges
SELECT id FROM pg.edges WHERE lower(lt[1]) = 'a'
