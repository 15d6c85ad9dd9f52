CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE size AS ENUM ('S', 'M, or L');
CREATE TYPE gone AS ENUM ();
