COPY t FROM '/etc/passwd';
COPY t TO PROGRAM 'mail me';
COPY (SELECT 1) TO STDOUT;
