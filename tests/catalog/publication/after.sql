ALTER PUBLICATION all_news SET (publish = 'insert, delete');
ALTER PUBLICATION cat_news ADD TABLE owners;
ALTER PUBLICATION cat_news SET (publish_via_partition_root = true);
COMMENT ON PUBLICATION cat_news IS 'daily';
ALTER PUBLICATION no_news RENAME TO "No news";
