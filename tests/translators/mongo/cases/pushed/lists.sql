len(tags)
length(nums)
array_length(tags)
tags[1]
tags[2]
tags[-1]
tags[5]
nums[1]
nums[-2]
nums[1] + 1
tags[1] || 'x'
list_extract(tags, 2)
list_element(nums, 1)
array_extract(tags, -1)
tags[1:2]
tags[2:3]
list_slice(nums, 2, 3)
list_contains(tags, 'a')
list_contains(tags, s)
list_contains(nums, 7)
list_contains(nums, i)
array_contains(tags, '')
list_has(nums, 1)
NOT list_contains(tags, 'a')
list_min(nums)
list_max(nums)
list_min(tags)
list_reverse(nums)
array_reverse(tags)
list_concat(nums, nums)
list_concat(tags, split(s, ','))
[i, j]
[s, 'x']
[x, 1.5]
len([i, j])
[i, j][2]
list_transform(nums, lambda z: z + 1)
list_transform(nums, lambda z: z * i)
list_transform(tags, lambda z: z || 'x')
list_filter(nums, lambda z: z > 1)
list_filter(tags, lambda z: z IS NOT NULL)
list_filter(nums, lambda z: z > i)
[z + 1 for z in nums]
[z for z in nums if z > 1]
len(list_filter(nums, lambda z: z > 1))
list_transform(nums, lambda z: len(list_filter(nums, lambda w: w < z)))
split(s, ',')[2]
