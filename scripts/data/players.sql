-- The table behind the sample group of the embedded database: 10,000 players, the same every time.
-- H2 runs this at each connection (INIT=RUNSCRIPT), so it does nothing where the table is there.
create table if not exists players (
  id int primary key,
  name varchar(40) not null unique,
  country char(2) not null,
  points int not null,
  joined date not null
) as
select
  x,
  'player-' || x,
  array['AT', 'BR', 'DE', 'FR', 'IN', 'JP', 'KE', 'NZ', 'PL', 'US'][1 + mod(x * 7, 10)],
  mod(x * 7919, 1000),
  dateadd(day, mod(x * 31, 3650), date '2015-01-01')
from system_range(1, 10000);
