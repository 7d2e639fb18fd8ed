SELECT toString(uuid) AS uuid, engine, create_table_query AS ddl
FROM system.tables
WHERE database = {database:String} AND name = {name:String}
