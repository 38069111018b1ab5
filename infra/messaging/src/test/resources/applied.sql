create table applied (
  id  bigint generated always as identity primary key,
  run text not null,
  n   int  not null
);
