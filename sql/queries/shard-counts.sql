SELECT shard, shard_digest AS digest, count() AS rows FROM {{table}} GROUP BY shard, digest ORDER BY shard
