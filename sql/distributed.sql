-- The table that is asked where rows are spread over the shards of a cluster; every id has one shard.
CREATE TABLE IF NOT EXISTS {{table}} {{on_cluster}} AS {{local}}
ENGINE = Distributed({{cluster}}, {{database}}, {{local_name}}, cityHash64(id))
