DROP TABLE IF EXISTS cats, archive."Old Cats" CASCADE;
