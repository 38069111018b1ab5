package dev.heddle.rest;

import jakarta.persistence.EntityManager;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@RestTest
class JpaIdempotencyIT extends IdempotencyKit {
  @Autowired JdbcTemplate jdbc;
  @Autowired PlatformTransactionManager transactions;
  @Autowired EntityManager entities;

  @Override
  JdbcTemplate jdbc() {
    return jdbc;
  }

  @Override
  TransactionTemplate transactions() {
    return new TransactionTemplate((JpaTransactionManager) transactions);
  }

  @Override
  void insert(String id) {
    entities.persist(new Work(id));
  }
}
