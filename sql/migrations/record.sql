-- Which migration was applied to which table. Tables are known by their UUID, which stays when names are exchanged.
CREATE TABLE IF NOT EXISTS {{record}} {{on_cluster}}
(
    table_uuid UUID,
    table_name String,
    number UInt32,
    file String,
    sha256 String,
    applied DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = {{engine}}
ORDER BY (table_uuid, number)
