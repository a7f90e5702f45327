// SPDX-License-Identifier: MIT
internal import Hummingbird

/// What accompanies a request: limits.
struct ControlRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Descriptions of sessions are the longest that anybody sends.
  var maxUploadSize: Int { 64 * 1024 }

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
  }
}
