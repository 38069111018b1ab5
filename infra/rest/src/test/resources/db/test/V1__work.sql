CREATE TABLE work (
    id      text   PRIMARY KEY,
    version bigint NOT NULL
);
