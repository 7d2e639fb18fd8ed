SELECT shard, shard_digest AS digest, model, count() AS rows FROM {{table}} GROUP BY shard, digest, model
