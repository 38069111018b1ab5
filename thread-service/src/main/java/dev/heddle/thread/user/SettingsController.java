package dev.heddle.thread.user;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.Permissions;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the caller has set for all of their runs, over HTTP. */
@RestController
@RequestMapping("/api/settings")
class SettingsController {

  private final UserSettings settings;

  SettingsController(UserSettings settings) {
    this.settings = settings;
  }

  /** Shows what you have set for all of your runs. */
  @GetMapping
  SettingsView get(Caller caller) {
    return new SettingsView(settings.permissionOf(caller.name()));
  }

  /** Sets what holds for all of your runs from now on. What a thread or its project says wins. */
  @PutMapping
  @Refuses({"invalid_permission"})
  SettingsView put(@RequestBody SettingsRequest request, Caller caller) {
    PermissionPosture permission = Permissions.of(request.permission());
    settings.set(caller.name(), permission);
    return new SettingsView(permission);
  }
}
