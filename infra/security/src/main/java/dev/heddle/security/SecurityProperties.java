package dev.heddle.security;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a service trusts.
 *
 * @param gatewayPublicKey location of the PEM file with the gateway's public key: a path or a
 *     {@code file:} URL
 */
@ConfigurationProperties("heddle.security")
record SecurityProperties(@DefaultValue("") String gatewayPublicKey) {
  static final String GATEWAY_PUBLIC_KEY = "heddle.security.gateway-public-key";
}
