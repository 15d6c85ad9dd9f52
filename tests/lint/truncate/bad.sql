TRUNCATE cats, owners;
